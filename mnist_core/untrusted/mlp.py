"""Conversion of an imported network to an equivalent sequence of Dense layers.

Batch normalization and rescaling are affine at inference, so they are folded into the adjacent weights; dropout has no
effect at inference. Predictions do not change.
"""

import io
import json
import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from mnist_core.config import MIXED, ModelConfig
from mnist_core.errors import ModelError
from mnist_core.untrusted.keras_file import ModelFile, open_model_file
from mnist_core.untrusted.layer_specs import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Layer,
    LayerSequence,
    Rescaling,
    Reshape,
    parse_layers,
)

LOGITS, PROBABILITIES, SIGMOIDS = "linear", "softmax", "sigmoid"  # supported activations of the ten outputs


@dataclass(frozen=True)
class DenseLayer:
    """``kernel``: float32 (inputs, units). ``bias``: float32 (units,). ``dropout``: rate after the layer, 0 to 1."""

    kernel: np.ndarray
    bias: np.ndarray
    activation: str
    dropout: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Mlp:
    """A multilayer perceptron.

    The first layer's input is pixels * ``factor`` + ``shift``. ``layers``: Dense layers, the last with 10 units.
    ``origin``: file format and Keras version, in words. ``normalized``: whether it had batch normalization.
    """

    layers: tuple[DenseLayer, ...]
    factor: float
    shift: float
    origin: str
    normalized: bool

    @property
    def config(self) -> ModelConfig:
        """The ModelConfig closest to this network."""
        hidden = self.layers[:-1]
        activations = {layer.activation for layer in hidden}
        return ModelConfig(
            hidden_units=tuple(len(layer.bias) for layer in hidden),
            activation=activations.pop() if len(activations) == 1 else MIXED if activations else "linear",
            dropout=max((layer.dropout for layer in hidden), default=0.0),
            imported=True,
        )

    def to_bytes(self) -> bytes:
        """Serialize the network as an .npz archive."""
        metadata = {name: value for name, value in vars(self).items() if name != "layers"}
        metadata["layers"] = [{"activation": layer.activation, "dropout": layer.dropout} for layer in self.layers]
        arrays = {f"kernel_{number}": layer.kernel for number, layer in enumerate(self.layers)}
        arrays |= {f"bias_{number}": layer.bias for number, layer in enumerate(self.layers)}
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, told=np.array(json.dumps(metadata)), **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Deserialize a network from ``to_bytes``."""
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            metadata = json.loads(str(archive["told"]))
            layers = tuple(
                DenseLayer(archive[f"kernel_{number}"], archive[f"bias_{number}"], **options)
                for number, options in enumerate(metadata.pop("layers"))
            )
            return cls(layers=layers, **metadata)


def read(content: bytes) -> Mlp:
    """Read the network from a model file. Raises ModelError with the reason when it is not supported."""
    file = open_model_file(content)
    layers = parse_layers(file.config)
    folder = _BatchNormFolder(file, layers)
    for layer in layers.layers:
        folder.add(layer)
    return folder.result()


class _BatchNormFolder:
    """Builds an Mlp layer by layer, folding affine layers into the Dense layers."""

    def __init__(self, file: ModelFile, layers: LayerSequence) -> None:
        self._file = file
        self._shape = layers.input_shape
        self._layers: list[DenseLayer] = []
        # The pending affine transform of the last output: scalars, or arrays of its shape.
        self._factor, self._shift = np.array(1.0), np.array(0.0)
        self._input_transform = (1.0, 0.0)
        self._normalized = False

    def add(self, layer: Layer) -> None:
        """Add the next layer."""
        match layer:
            case Reshape():
                self._reshape(layer.shape)
            case Rescaling():
                self._append_affine(np.array(layer.scale), np.array(layer.offset))
            case BatchNormalization():
                self._normalized = True
                self._append_affine(*self._normalization(layer))
            case Dropout():
                if self._layers:
                    self._layers[-1] = replace(self._layers[-1], dropout=layer.rate)
            case Activation():
                self._activate(layer.name)
            case Dense():
                self._connect(layer)

    def result(self) -> Mlp:
        """The complete network. Raises ModelError when it does not have ten supported outputs."""
        self._fold_into_last("normalizes its answers after their activation")
        *hidden, last = self._layers
        if self._shape != (10,) or last.activation not in (LOGITS, PROBABILITIES, SIGMOIDS):
            raise ModelError(
                f"It answers with {last.activation} of shape {self._shape}; "
                "Digit Lab needs ten logits, ten probabilities or ten sigmoids."
            )
        layers = tuple(
            replace(layer, kernel=layer.kernel.astype(np.float32), bias=layer.bias.astype(np.float32))
            for layer in (*hidden, last)
        )
        if not all(np.isfinite(layer.kernel).all() and np.isfinite(layer.bias).all() for layer in layers):
            raise ModelError("Its weights are not finite numbers once normalization is worked into them.")
        factor, shift = self._input_transform
        return Mlp(layers=layers, factor=factor, shift=shift, origin=self._file.origin, normalized=self._normalized)

    def _reshape(self, shape: tuple[int, ...]) -> None:
        size = math.prod(self._shape)
        known = math.prod(side for side in shape if side != -1)
        remaining = size // known if shape.count(-1) == 1 and known > 0 else -1
        self._shape = tuple(remaining if side == -1 else side for side in shape)
        if min(self._shape, default=0) < 1 or math.prod(self._shape) != size:
            raise ModelError(f"It reshapes {size} numbers to {shape}, which does not work out.")
        if self._factor.ndim:
            self._factor, self._shift = self._factor.reshape(self._shape), self._shift.reshape(self._shape)

    def _append_affine(self, factor: np.ndarray, shift: np.ndarray) -> None:
        """Append x * ``factor`` + ``shift`` to the pending transform."""
        self._factor, self._shift = self._factor * factor, self._shift * factor + shift

    def _normalization(self, layer: BatchNormalization) -> tuple[np.ndarray, np.ndarray]:
        """The factor and shift of batch normalization at inference: float64, of the shape of its inputs."""
        axis = layer.axis - 1 if layer.axis > 0 else len(self._shape) + layer.axis
        if layer.axis == 0 or not 0 <= axis < len(self._shape):
            raise ModelError(f"The layer {layer.name!r} normalizes axis {layer.axis}, which its inputs do not have.")
        units = self._shape[axis]
        names = ["gamma"] * layer.scale + ["beta"] * layer.center + ["moving_mean", "moving_variance"]
        weights = self._file.weights(layer.name, layer.group_name, {name: (units,) for name in names})
        with np.errstate(all="ignore"):  # a negative variance gives NaN, which ``result`` rejects
            factor = weights.get("gamma", 1.0) / np.sqrt(weights["moving_variance"] + layer.epsilon)
        shift = weights.get("beta", 0.0) - weights["moving_mean"] * factor
        shape = [-1 if values == axis else 1 for values in range(len(self._shape))]
        factor, shift = (np.broadcast_to(values.reshape(shape), self._shape) for values in (factor, shift))
        return factor, shift

    def _activate(self, activation: str) -> None:
        if activation == LOGITS:
            return
        self._fold_into_last("normalizes between two activations")
        if not self._layers or self._layers[-1].activation != LOGITS:
            raise ModelError("It has an activation that follows no Dense layer of its own.")
        self._layers[-1] = replace(self._layers[-1], activation=activation)

    def _fold_into_last(self, operation: str) -> None:
        """Fold the pending transform into the last layer; ``operation``: the reason in the ModelError if impossible."""
        if not self._layers or (self._factor.ndim == 0 and self._factor == 1 and self._shift == 0):
            return
        last = self._layers[-1]
        if last.activation != LOGITS:
            raise ModelError(f"It {operation}, which cannot be read here.")
        kernel, bias = last.kernel * self._factor, last.bias * self._factor + self._shift
        self._layers[-1] = replace(last, kernel=kernel, bias=bias)
        self._factor, self._shift = np.array(1.0), np.array(0.0)

    def _connect(self, layer: Dense) -> None:
        if len(self._shape) != 1:
            raise ModelError(f"The layer {layer.name!r} gets inputs of shape {self._shape}: it needs a Flatten before.")
        shapes: dict[str, tuple[int, ...]] = {"kernel": (*self._shape, layer.units)}
        if layer.use_bias:
            shapes["bias"] = (layer.units,)
        weights = self._file.weights(layer.name, layer.group_name, shapes)
        kernel, bias = weights["kernel"], weights.get("bias", np.zeros(layer.units))
        if not self._layers and self._factor.ndim == 0:  # a scalar transform of the pixels is kept separate
            self._input_transform = (float(self._factor), float(self._shift))
        else:
            factor, shift = (np.broadcast_to(values, self._shape) for values in (self._factor, self._shift))
            kernel, bias = kernel * factor[:, None], bias + shift @ kernel
        self._factor, self._shift = np.array(1.0), np.array(0.0)
        self._layers.append(DenseLayer(kernel, bias, layer.activation))
        self._shape = (layer.units,)
