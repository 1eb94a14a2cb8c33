"""Models trained elsewhere, made into networks like those trained here: raw digits in, probabilities out.

Keras never loads such a file, in safe mode or not: a network of its own is built from the numbers that
``mnist_core.untrusted`` has checked. What pixels it was trained on is not in the file; it is found by trying.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from keras import layers

from mnist_core.config import ModelConfig
from mnist_core.digits.mnist import Split
from mnist_core.errors import LabError, ModelError
from mnist_core.untrusted.file_limits import content_of
from mnist_core.untrusted.import_report import TRIED, Findings
from mnist_core.untrusted.mlp import LOGITS, PROBABILITIES, SIGMOIDS, DenseLayer, Mlp
from mnist_core.untrusted.sandbox import read_safely

MEAN, DEVIATION = 0.1307, 0.3081  # of MNIST's training pixels, 0 to 1, as tutorials standardize by
TEMPERATURES = np.geomspace(1e-3, 1e3, 31)  # by which logits are divided before they are judged
PRICE = 0.01  # nats for a temperature of e or 1/e, four times that for e squared: whoever trained it meant 1
AS_GOOD = 0.02  # nats between ways that read the digits alike


@dataclass(frozen=True)
class Pixels:
    """A way to write pixels: raw ones, 0 to 255, times ``factor`` plus ``shift``."""

    words: str
    factor: float
    shift: float


RAW = Pixels("from 0 to 255, as they are", 1.0, 0.0)
# The smallest first: see _what_it_wants.
WAYS = (
    Pixels("from 0 to 1, so each is divided by 255 first", 1 / 255, 0.0),
    Pixels("from 1 for paper to 0 for ink, so they are inverted and divided by 255 first", -1 / 255, 1.0),
    Pixels("from -1 to 1, so they are scaled to that first", 2 / 255, -1.0),
    Pixels("with mean 0 and deviation 1, so they are standardized first", 1 / 255 / DEVIATION, -MEAN / DEVIATION),
    RAW,
    Pixels("from 255 for paper to 0 for ink, so they are inverted first", -1.0, 255.0),
)
ANSWERS = {
    PROBABILITIES: "probabilities",
    LOGITS: "logits; a softmax behind it makes them probabilities",
    SIGMOIDS: "ten sigmoids; a softmax takes their place, so that its answers sum to 1",
}


@dataclass(frozen=True)
class Imported:
    """A model from elsewhere, ready: uint8 (N, 28, 28) in, float32 (N, 10) probabilities out."""

    model: keras.Model
    config: ModelConfig
    findings: Findings


def load(content: bytes, training: Split) -> Imported:
    """The model in a ``.keras`` or ``.h5`` file with this ``content``; ``training`` digits show what it wants.

    Raises ModelError with the reason when the file is none that can be read here.
    """
    mlp = read_safely(content)
    digits = training.take(np.arange(TRIED))
    pixels, right = _what_it_wants(mlp, digits)
    findings = Findings(
        origin=mlp.origin,
        pixels=pixels.words,
        answers=ANSWERS[mlp.layers[-1].activation],
        normalized=mlp.normalized,
        right=right,
    )
    config = replace(mlp.config, scaling=mlp.factor * pixels.factor != 1)
    return Imported(_build(mlp, pixels), config, findings)


def load_raw(content: bytes) -> tuple[keras.Model, ModelConfig]:
    """The model in a file with this ``content`` that wants raw digits, as this lab's own do, and its configuration.

    It is read as carefully as any. Raises ModelError with the reason when it cannot be had.
    """
    mlp = read_safely(content)
    return _build(mlp, RAW), replace(mlp.config, scaling=mlp.factor != 1)


def load_file(path: Path, training: Split) -> keras.Model:
    """The model in the file at ``path``, as ``load`` makes it. Raises ModelError, naming the file."""
    content = content_of(path)
    try:
        return load(content, training).model
    except LabError as error:
        raise ModelError(f"{path} cannot be used. {error}") from error


def _what_it_wants(mlp: Mlp, digits: Split) -> tuple[Pixels, int]:
    """The way of pixels that ``mlp`` reads ``digits`` best by, and how many it then reads.

    Best is the least cross-entropy at the temperature that suits it best (Guo et al., 2017): larger inputs make a
    network surer and smaller ones less so, which alone says nothing. Of those as good the smallest inputs are taken.
    """
    raw = digits.images.reshape(-1, 784).astype(np.float32)
    logits = [_logits(mlp, raw * way.factor + way.shift) for way in WAYS]
    losses = np.array([_tempered_loss(each, digits.labels) for each in logits])
    best = int(np.flatnonzero(losses <= losses.min() + AS_GOOD)[0])
    return WAYS[best], int((logits[best].argmax(axis=1) == digits.labels).sum())


def _tempered_loss(logits: np.ndarray, labels: np.ndarray) -> float:
    """The cross-entropy, in nats, of ``logits``, float64 (N, 10), at its best temperature, and the price of that."""
    losses = [_cross_entropy(logits / temperature, labels) for temperature in TEMPERATURES]
    return float(np.min(losses + PRICE * np.log(TEMPERATURES) ** 2))


def _logits(mlp: Mlp, inputs: np.ndarray) -> np.ndarray:
    """What the last layer sums up for ``inputs``, float32 (N, 784): float64 (N, 10)."""
    passed = inputs * np.float32(mlp.factor) + np.float32(mlp.shift)
    *hidden, last = mlp.layers
    for layer in hidden:
        activation = keras.activations.get(layer.activation)
        passed = keras.ops.convert_to_numpy(activation(keras.ops.convert_to_tensor(passed @ layer.kernel + layer.bias)))
    return np.float64(passed @ last.kernel + last.bias)


def _cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """The mean of -ln p(label), in nats, of ``logits``, float64 (N, 10); what is no number is worst."""
    with np.errstate(all="ignore"):
        shifted = logits - logits.max(axis=1, keepdims=True)
        loss = np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels])
    return float(loss) if np.isfinite(loss) else np.finfo(float).max


def _build(mlp: Mlp, pixels: Pixels) -> keras.Model:
    """The network as ``network.model.build`` would make it: the same layers by the same names."""
    *hidden, last = mlp.layers
    factor, shift = mlp.factor * pixels.factor, mlp.factor * pixels.shift + mlp.shift
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
