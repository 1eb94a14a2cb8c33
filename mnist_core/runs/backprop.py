"""One training step by hand: a digit through the network, its loss, the gradients back, and Adam. Only NumPy.

A layer of weights W and biases b turns what enters it, x, into the weighted sums z = x W + b, and passes on a = f(z).
Everything is float64, so that the numbers are exact in all the digits one reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_core.runs.activations import ACTIVATIONS
from mnist_core.runs.snapshot import CLASSES, Dense, Snapshot

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # Keras' Adam


@dataclass(frozen=True)
class Softmax:
    """The steps from ten ``logits`` to ten probabilities, each float64 (10,) but ``total``.

    The largest logit is subtracted first: that changes no probability, and no power of e is then too large.
    """

    logits: np.ndarray

    @property
    def shifted(self) -> np.ndarray:
        """The logits less the largest, at most 0."""
        return self.logits - self.logits.max()

    @property
    def powers(self) -> np.ndarray:
        """e to each of them, above 0 and at most 1."""
        return np.exp(self.shifted)

    @property
    def total(self) -> float:
        """The sum of the powers, 1 to 10."""
        return float(self.powers.sum())

    @property
    def probabilities(self) -> np.ndarray:
        """Each power's share of their sum."""
        return self.powers / self.total

    @property
    def logarithms(self) -> np.ndarray:
        """ln of the probabilities, finite even for one too small to be written down."""
        return self.shifted - np.log(self.total)


@dataclass(frozen=True)
class Forward:
    """A digit's way through a network, the first layer first.

    ``entering``: what enters each layer, float64 (inputs,). ``sums``: each layer's z, float64 (units,), the last are
    the logits.
    """

    entering: tuple[np.ndarray, ...]
    sums: tuple[np.ndarray, ...]

    @property
    def softmax(self) -> Softmax:
        """What becomes of the logits."""
        return Softmax(self.sums[-1])


def forward(snapshot: Snapshot, digit: np.ndarray) -> Forward:
    """``digit``, uint8 (28, 28), through the network, without dropout."""
    activation = ACTIVATIONS[snapshot.model.activation].function
    x = digit.reshape(-1) / (255.0 if snapshot.model.scaling else 1.0)  # (784,)
    entering, sums = [], []
    for layer in snapshot.layers:
        z = x @ layer.kernel.astype(np.float64) + layer.bias  # (inputs,) @ (inputs, units) + (units,)
        entering.append(x)
        sums.append(z)
        x = activation(z)
    return Forward(tuple(entering), tuple(sums))


def target(label: int, *, label_smoothing: float) -> np.ndarray:
    """What the ten probabilities should be, float64 (10,): all for ``label``, less what is spread over all ten."""
    return (1 - label_smoothing) * np.eye(CLASSES)[label] + label_smoothing / CLASSES


def cross_entropy(softmax: Softmax, wanted: np.ndarray) -> float:
    """The loss in nats: minus the sum of ``wanted``, float64 (10,), times ln p."""
    return float(-(wanted * softmax.logarithms).sum())


def backward(snapshot: Snapshot, passed: Forward, wanted: np.ndarray) -> tuple[np.ndarray, ...]:
    """The slope of the loss along each weighted sum, dL/dz: of each layer, float64 (units,), the first layer first.

    The chain rule, from the end (Rumelhart, Hinton and Williams, 1986). Softmax and cross-entropy have the slope p - t
    together; before a layer, each unit gathers the slopes of all units that it feeds, and multiplies by its own.
    """
    slope = ACTIVATIONS[snapshot.model.activation].slope
    slopes = [passed.softmax.probabilities - wanted]  # (10,)
    for layer, z in zip(snapshot.layers[:0:-1], passed.sums[-2::-1], strict=True):
        gathered = layer.kernel @ slopes[0]  # (units, fed) @ (fed,)
        slopes.insert(0, slope(z) * gathered)
    return tuple(slopes)


def gradients(passed: Forward, slopes: Sequence[np.ndarray]) -> tuple[Dense, ...]:
    """The slope of the loss along each weight and bias, in the shape of the layers: a weight's is x times dL/dz."""
    return tuple(Dense(np.outer(x, slope), slope) for x, slope in zip(passed.entering, slopes, strict=True))


@dataclass(frozen=True)
class AdamStep:
    """A step of Adam: the two averages, the corrected rate, and the weights after it; floats or arrays of one shape."""

    mean: np.ndarray
    square: np.ndarray
    rate: float
    after: np.ndarray


def adam(
    weight: np.ndarray,
    gradient: np.ndarray,
    *,
    rate: float,
    mean: np.ndarray | float = 0.0,
    square: np.ndarray | float = 0.0,
    step: int = 1,
) -> AdamStep:
    """Change ``weight`` along its ``gradient`` as Adam does at its ``step``, counted from 1.

    ``mean`` and ``square``: the averages of the gradients and of their squares so far. They begin at 0, which the
    corrected rate makes up for (Kingma and Ba, 2015, section 2, last lines, as Keras has it).
    """
    mean = BETA_1 * mean + (1 - BETA_1) * gradient
    square = BETA_2 * square + (1 - BETA_2) * gradient**2
    corrected = rate * np.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
    return AdamStep(mean, square, corrected, weight - corrected * mean / (np.sqrt(square) + EPSILON))


def after_first_step(snapshot: Snapshot, of_loss: Sequence[Dense], *, rate: float) -> Snapshot:
    """The network after Adam's first step on all weights and biases along their gradients ``of_loss``."""
    layers = (
        Dense(
            adam(layer.kernel, gradient.kernel, rate=rate).after,
            adam(layer.bias, gradient.bias, rate=rate).after,
        )
        for layer, gradient in zip(snapshot.layers, of_loss, strict=True)
    )
    return Snapshot(snapshot.model, tuple(layers))


def least_sure(snapshot: Snapshot, digits: np.ndarray, *, count: int) -> np.ndarray:
    """Where the largest probability is smallest: int64 (count,) indices into ``digits``, uint8 (N, 28, 28)."""
    logits = snapshot.sums(digits)[-1]
    sureness = 1 / np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1)
    return np.argsort(sureness, kind="stable")[:count]
