"""What a network comes down to when it answers: Dense layers one after another, the only kind that Digit Lab has.

Normalization and rescaling between them multiply and add, so they are worked into the weights beside them; dropout
does nothing when a network answers. The answers stay the same.
"""

import io
import json
import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from mnist_core.config import MIXED, ModelConfig
from mnist_core.errors import ModelError
from mnist_core.untrusted.keras_file import Saved, open_model_file
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

LOGITS, PROBABILITIES, SIGMOIDS = "linear", "softmax", "sigmoid"  # the activations that ten answers may have


@dataclass(frozen=True)
class DenseLayer:
    """A Dense layer: ``kernel``, float32 (inputs, units), ``bias``, float32 (units,), and the dropout behind it."""

    kernel: np.ndarray
    bias: np.ndarray
    activation: str
    dropout: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Mlp:
    """A network as plain numbers.

    An input is multiplied by ``factor``, ``shift`` is added, then come the ``layers``, the last with 10 units.
    ``origin``: which program wrote it, in words. ``normalized``: whether it had batch normalization.
    """

    layers: tuple[DenseLayer, ...]
    factor: float
    shift: float
    origin: str
    normalized: bool

    @property
    def config(self) -> ModelConfig:
        """What a ModelConfig can tell of it."""
        hidden = self.layers[:-1]
        activations = {layer.activation for layer in hidden}
        return ModelConfig(
            hidden_units=tuple(len(layer.bias) for layer in hidden),
            activation=activations.pop() if len(activations) == 1 else MIXED if activations else "linear",
            dropout=max((layer.dropout for layer in hidden), default=0.0),
            imported=True,
        )

    def to_bytes(self) -> bytes:
        """All of it as the bytes of an .npz archive."""
        told = {name: value for name, value in vars(self).items() if name != "layers"}
        told["layers"] = [{"activation": layer.activation, "dropout": layer.dropout} for layer in self.layers]
        arrays = {f"kernel_{number}": layer.kernel for number, layer in enumerate(self.layers)}
        arrays |= {f"bias_{number}": layer.bias for number, layer in enumerate(self.layers)}
        buffer = io.BytesIO()
        np.savez(buffer, told=np.array(json.dumps(told)), **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """It back from ``to_bytes``."""
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            told = json.loads(str(archive["told"]))
            layers = tuple(
                DenseLayer(archive[f"kernel_{number}"], archive[f"bias_{number}"], **others)
                for number, others in enumerate(told.pop("layers"))
            )
            return cls(layers=layers, **told)


def read(content: bytes) -> Mlp:
    """The network in a model file. Raises ModelError with the reason when it cannot be had."""
    saved = open_model_file(content)
    layers = parse_layers(saved.config)
    folding = _BatchNormFolder(saved, layers)
    for layer in layers.layers:
        folding.add(layer)
    return folding.done()


class _BatchNormFolder:
    """A chain of layers on its way to being a Perceptron."""

    def __init__(self, saved: Saved, layers: LayerSequence) -> None:
        self._saved = saved
        self._shape = layers.input_shape
        self._layers: list[DenseLayer] = []
        # What is still to be done to the numbers that come next: one pair for all of them, or one for each.
        self._factor, self._shift = np.array(1.0), np.array(0.0)
        self._front = (1.0, 0.0)
        self._normalized = False

    def add(self, layer: Layer) -> None:
        """Take in the next layer."""
        match layer:
            case Reshape():
                self._reshape(layer.shape)
            case Rescaling():
                self._then(np.array(layer.scale), np.array(layer.offset))
            case BatchNormalization():
                self._normalized = True
                self._then(*self._normalization(layer))
            case Dropout():
                if self._layers:
                    self._layers[-1] = replace(self._layers[-1], dropout=layer.rate)
            case Activation():
                self._activate(layer.name)
            case Dense():
                self._connect(layer)

    def done(self) -> Mlp:
        """The network, now that all layers are in. Raises ModelError when it does not give ten answers."""
        self._fold_back("normalizes its answers after their activation")
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
        factor, shift = self._front
        return Mlp(layers=layers, factor=factor, shift=shift, origin=self._saved.origin, normalized=self._normalized)

    def _reshape(self, shape: tuple[int, ...]) -> None:
        size = math.prod(self._shape)
        known = math.prod(side for side in shape if side != -1)
        left = size // known if shape.count(-1) == 1 and known > 0 else -1
        self._shape = tuple(left if side == -1 else side for side in shape)
        if min(self._shape, default=0) < 1 or math.prod(self._shape) != size:
            raise ModelError(f"It reshapes {size} numbers to {shape}, which does not work out.")
        if self._factor.ndim:
            self._factor, self._shift = self._factor.reshape(self._shape), self._shift.reshape(self._shape)

    def _then(self, factor: np.ndarray, shift: np.ndarray) -> None:
        """Have the next numbers multiplied by ``factor`` too, and ``shift`` added."""
        self._factor, self._shift = self._factor * factor, self._shift * factor + shift

    def _normalization(self, layer: BatchNormalization) -> tuple[np.ndarray, np.ndarray]:
        """What batch normalization multiplies by and adds when a network answers: float64, as its inputs are shaped."""
        axis = layer.axis - 1 if layer.axis > 0 else len(self._shape) + layer.axis
        if layer.axis == 0 or not 0 <= axis < len(self._shape):
            raise ModelError(f"The layer {layer.name!r} normalizes axis {layer.axis}, which its inputs do not have.")
        units = self._shape[axis]
        names = ["gamma"] * layer.scale + ["beta"] * layer.center + ["moving_mean", "moving_variance"]
        weights = self._saved.weights(layer.name, layer.place, {name: (units,) for name in names})
        with np.errstate(all="ignore"):  # a variance below 0 makes what is no number, and is found out at the end
            factor = weights.get("gamma", 1.0) / np.sqrt(weights["moving_variance"] + layer.epsilon)
        shift = weights.get("beta", 0.0) - weights["moving_mean"] * factor
        along = [-1 if each == axis else 1 for each in range(len(self._shape))]
        return tuple(np.broadcast_to(each.reshape(along), self._shape) for each in (factor, shift))

    def _activate(self, activation: str) -> None:
        if activation == LOGITS:
            return
        self._fold_back("normalizes between two activations")
        if not self._layers or self._layers[-1].activation != LOGITS:
            raise ModelError("It has an activation that follows no Dense layer of its own.")
        self._layers[-1] = replace(self._layers[-1], activation=activation)

    def _fold_back(self, otherwise: str) -> None:
        """Work what is still to be done into the layer before."""
        if not self._layers or (self._factor.ndim == 0 and (self._factor, self._shift) == (1, 0)):
            return
        last = self._layers[-1]
        if last.activation != LOGITS:
            raise ModelError(f"It {otherwise}, which cannot be read here.")
        kernel, bias = last.kernel * self._factor, last.bias * self._factor + self._shift
        self._layers[-1] = replace(last, kernel=kernel, bias=bias)
        self._factor, self._shift = np.array(1.0), np.array(0.0)

    def _connect(self, layer: Dense) -> None:
        if len(self._shape) != 1:
            raise ModelError(f"The layer {layer.name!r} gets inputs of shape {self._shape}: it needs a Flatten before.")
        shapes = {"kernel": (*self._shape, layer.units)} | ({"bias": (layer.units,)} if layer.use_bias else {})
        weights = self._saved.weights(layer.name, layer.place, shapes)
        kernel, bias = weights["kernel"], weights.get("bias", np.zeros(layer.units))
        if not self._layers and self._factor.ndim == 0:
            self._front = (float(self._factor), float(self._shift))  # of its own accord, it stays in front
        else:
            factor, shift = (np.broadcast_to(each, self._shape) for each in (self._factor, self._shift))
            kernel, bias = kernel * factor[:, None], bias + shift @ kernel
        self._factor, self._shift = np.array(1.0), np.array(0.0)
        self._layers.append(DenseLayer(kernel, bias, layer.activation))
        self._shape = (layer.units,)
