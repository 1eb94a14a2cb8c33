"""Import of models trained elsewhere, converted to take raw digits and return probabilities.

Keras never loads such a file, not even in safe mode: a new network is built from the weights that
``mnist_core.untrusted`` has checked. The file does not say how pixels were encoded, so all encodings are tried.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from keras import layers

from mnist_core.config import ModelConfig
from mnist_core.digits.mnist import Split
from mnist_core.errors import LabError, ModelError
from mnist_core.untrusted.file_limits import read_content
from mnist_core.untrusted.import_report import TRIAL_DIGITS, ImportReport
from mnist_core.untrusted.mlp import LOGITS, PROBABILITIES, SIGMOIDS, DenseLayer, Mlp
from mnist_core.untrusted.sandbox import read_safely

MEAN, STDDEV = 0.1307, 0.3081  # of the training pixels scaled to 0..1, as tutorials use them
TEMPERATURES = np.geomspace(1e-3, 1e3, 31)  # candidates that the logits are divided by
TEMPERATURE_PENALTY = 0.01  # nats times ln(temperature) squared: trained logits should need a temperature of 1
LOSS_TOLERANCE = 0.02  # nats; encodings whose losses differ by less count as equal


@dataclass(frozen=True)
class Encoding:
    """An encoding of pixels: raw values, 0 to 255, times ``factor`` plus ``shift``."""

    description: str
    factor: float
    shift: float


RAW_PIXELS = Encoding("from 0 to 255, as they are", 1.0, 0.0)
# The smallest inputs first: see _find_pixel_encoding.
PIXEL_ENCODINGS = (
    Encoding("from 0 to 1, so each is divided by 255 first", 1 / 255, 0.0),
    Encoding("from 1 for paper to 0 for ink, so they are inverted and divided by 255 first", -1 / 255, 1.0),
    Encoding("from -1 to 1, so they are scaled to that first", 2 / 255, -1.0),
    Encoding("with mean 0 and deviation 1, so they are standardized first", 1 / 255 / STDDEV, -MEAN / STDDEV),
    RAW_PIXELS,
    Encoding("from 255 for paper to 0 for ink, so they are inverted first", -1.0, 255.0),
)
OUTPUT_DESCRIPTIONS = {
    PROBABILITIES: "probabilities",
    LOGITS: "logits; a softmax behind it makes them probabilities",
    SIGMOIDS: "ten sigmoids; a softmax takes their place, so that its answers sum to 1",
}


@dataclass(frozen=True)
class ImportedModel:
    """An imported model that maps uint8 (N, 28, 28) to probabilities, float32 (N, 10)."""

    model: keras.Model
    config: ModelConfig
    findings: ImportReport


def load(content: bytes, training: Split) -> ImportedModel:
    """Import the ``content`` of a ``.keras`` or ``.h5`` file; its pixel encoding is found with ``training`` digits.

    Raises ModelError with the reason when the file is not supported.
    """
    mlp = read_safely(content)
    digits = training.take(np.arange(TRIAL_DIGITS))
    encoding, correct = _find_pixel_encoding(mlp, digits)
    findings = ImportReport(
        origin=mlp.origin,
        pixels=encoding.description,
        answers=OUTPUT_DESCRIPTIONS[mlp.layers[-1].activation],
        normalized=mlp.normalized,
        right=correct,
    )
    config = replace(mlp.config, scaling=mlp.factor * encoding.factor != 1)
    return ImportedModel(_build(mlp, encoding), config, findings)


def load_raw(content: bytes) -> tuple[keras.Model, ModelConfig]:
    """Import a model that takes raw digits, as those trained here, from a file's ``content``; with its configuration.

    The file is parsed in the sandbox too. Raises ModelError with the reason when it is not supported.
    """
    mlp = read_safely(content)
    return _build(mlp, RAW_PIXELS), replace(mlp.config, scaling=mlp.factor != 1)


def load_file(path: Path, training: Split) -> keras.Model:
    """Import the model in the file at ``path`` with ``load``. Raises ModelError that names the file."""
    content = read_content(path)
    try:
        return load(content, training).model
    except LabError as error:
        raise ModelError(f"{path} cannot be used. {error}") from error


def _find_pixel_encoding(mlp: Mlp, digits: Split) -> tuple[Encoding, int]:
    """The pixel encoding with the lowest loss on ``digits``, and how many digits are then classified correctly.

    The loss is the cross-entropy at the best temperature (Guo et al., 2017), because the scale of the inputs changes
    the network's confidence. Of equally good encodings, the one with the smallest inputs is chosen.
    """
    raw = digits.images.reshape(-1, 784).astype(np.float32)
    logits = [_logits(mlp, raw * encoding.factor + encoding.shift) for encoding in PIXEL_ENCODINGS]
    losses = np.array([_tempered_loss(each, digits.labels) for each in logits])
    best = int(np.flatnonzero(losses <= losses.min() + LOSS_TOLERANCE)[0])
    return PIXEL_ENCODINGS[best], int((logits[best].argmax(axis=1) == digits.labels).sum())


def _tempered_loss(logits: np.ndarray, labels: np.ndarray) -> float:
    """The cross-entropy, in nats, of ``logits``, float64 (N, 10), at the best temperature, plus its penalty."""
    losses = [_cross_entropy(logits / temperature, labels) for temperature in TEMPERATURES]
    return float(np.min(losses + TEMPERATURE_PENALTY * np.log(TEMPERATURES) ** 2))


def _logits(mlp: Mlp, inputs: np.ndarray) -> np.ndarray:
    """The logits for ``inputs``, float32 (N, 784): float64 (N, 10)."""
    values = inputs * np.float32(mlp.factor) + np.float32(mlp.shift)
    *hidden, last = mlp.layers
    for layer in hidden:
        activation = keras.activations.get(layer.activation)
        values = keras.ops.convert_to_numpy(activation(keras.ops.convert_to_tensor(values @ layer.kernel + layer.bias)))
    return np.asarray(values @ last.kernel + last.bias, np.float64)


def _cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """The mean of -ln p(label), in nats, of ``logits``, float64 (N, 10); the largest float if it is not finite."""
    with np.errstate(all="ignore"):
        shifted = logits - logits.max(axis=1, keepdims=True)
        loss = np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels])
    return float(loss) if np.isfinite(loss) else np.finfo(float).max


def _build(mlp: Mlp, encoding: Encoding) -> keras.Model:
    """Build the network with the same layers and layer names as ``network.model.build``."""
    *hidden, last = mlp.layers
    factor, shift = mlp.factor * encoding.factor, mlp.factor * encoding.shift + mlp.shift
    model = keras.Sequential(name="mlp")
    model.add(keras.Input((28, 28), dtype="uint8"))
    model.add(layers.Rescaling(factor, shift, name="scaling"))
    model.add(layers.Flatten(name="flatten"))
    for number, layer in enumerate(hidden, start=1):
        _add(model, layer, layer.activation, name=f"hidden_{number}")
        model.add(layers.Dropout(layer.dropout, name=f"dropout_{number}"))
    _add(model, last, "softmax", name="probabilities")
    return model


def _add(model: keras.Model, layer: DenseLayer, activation: str, *, name: str) -> None:
    dense = layers.Dense(len(layer.bias), activation=activation, kernel_initializer="zeros", name=name)
    model.add(dense)
    dense.set_weights([layer.kernel, layer.bias])
