"""One training step in NumPy: forward pass, loss, backpropagation and Adam.

A layer with weights W and biases b computes the weighted sums z = x W + b of its inputs x, and outputs a = f(z).
All arrays are float64, so that the displayed digits are exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_core.activations import ACTIVATIONS
from mnist_core.config import CLASSES
from mnist_core.runs.snapshot import Dense, Snapshot

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # Keras' Adam


@dataclass(frozen=True)
class Softmax:
    """The steps from ten ``logits`` to ten probabilities; all are float64 (10,) except ``total``.

    The largest logit is subtracted first: this changes no probability and prevents overflow.
    """

    logits: np.ndarray

    @property
    def shifted(self) -> np.ndarray:
        """The logits minus the largest, at most 0."""
        shifted: np.ndarray = self.logits - self.logits.max()
        return shifted

    @property
    def powers(self) -> np.ndarray:
        """The exponentials of ``shifted``, 0 to 1."""
        powers: np.ndarray = np.exp(self.shifted)
        return powers

    @property
    def total(self) -> float:
        """The sum of the powers, 1 to 10."""
        return float(self.powers.sum())

    @property
    def probabilities(self) -> np.ndarray:
        """The powers divided by their sum."""
        return self.powers / self.total

    @property
    def log_probabilities(self) -> np.ndarray:
        """The natural logarithms of the probabilities, finite even where a probability underflows to 0."""
        log_probabilities: np.ndarray = self.shifted - np.log(self.total)
        return log_probabilities


@dataclass(frozen=True)
class Forward:
    """The forward pass of one digit, first layer first.

    ``layer_inputs``: each layer's x, float64 (inputs,). ``sums``: each layer's z, float64 (units,); the last: logits.
    """

    layer_inputs: tuple[np.ndarray, ...]
    sums: tuple[np.ndarray, ...]

    @property
    def softmax(self) -> Softmax:
        """The softmax of the logits."""
        return Softmax(self.sums[-1])


def forward(snapshot: Snapshot, digit: np.ndarray) -> Forward:
    """Compute the forward pass of ``digit``, uint8 (28, 28), without dropout."""
    activation = ACTIVATIONS[snapshot.model.activation].function
    x = digit.reshape(-1) / (255.0 if snapshot.model.scaling else 1.0)  # (784,)
    layer_inputs, sums = [], []
    for layer in snapshot.layers:
        z = x @ layer.kernel.astype(np.float64) + layer.bias  # (inputs,) @ (inputs, units) + (units,)
        layer_inputs.append(x)
        sums.append(z)
        x = activation(z)
    return Forward(tuple(layer_inputs), tuple(sums))


def target(label: int, *, label_smoothing: float) -> np.ndarray:
    """The target probabilities, float64 (10,): one-hot for ``label``, with label smoothing over all ten."""
    probabilities: np.ndarray = (1 - label_smoothing) * np.eye(CLASSES)[label] + label_smoothing / CLASSES
    return probabilities


def cross_entropy(softmax: Softmax, target_probabilities: np.ndarray) -> float:
    """The loss in nats: -sum(t ln p), where t is ``target_probabilities``, float64 (10,)."""
    return float(-(target_probabilities * softmax.log_probabilities).sum())


def backward(snapshot: Snapshot, forward_pass: Forward, target_probabilities: np.ndarray) -> tuple[np.ndarray, ...]:
    """The gradient of the loss with respect to each weighted sum, dL/dz: float64 (units,) per layer, first layer first.

    Backpropagation (Rumelhart, Hinton and Williams, 1986). At the output dL/dz = p - t, for softmax and cross-entropy
    together; a hidden unit sums w dL/dz over the units of the next layer and multiplies by its own slope f'(z).
    """
    slope = ACTIVATIONS[snapshot.model.activation].slope
    slopes = [forward_pass.softmax.probabilities - target_probabilities]  # (10,)
    for layer, z in zip(snapshot.layers[:0:-1], forward_pass.sums[-2::-1], strict=True):
        backpropagated = layer.kernel @ slopes[0]  # (units, fed) @ (fed,)
        slopes.insert(0, slope(z) * backpropagated)
    return tuple(slopes)


def gradients(forward_pass: Forward, slopes: Sequence[np.ndarray]) -> tuple[Dense, ...]:
    """The gradients of the loss in the shape of the layers: x dL/dz for a weight, dL/dz for a bias."""
    return tuple(Dense(np.outer(x, slope), slope) for x, slope in zip(forward_pass.layer_inputs, slopes, strict=True))


@dataclass(frozen=True)
class AdamStep:
    """A step of Adam: the moving averages, the corrected rate and the new weights; floats or arrays of one shape."""

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
    """Compute Adam's update of ``weight`` for its ``gradient`` at ``step``, counted from 1.

    ``mean`` and ``square``: the moving averages of the gradients and of their squares so far. They start at 0; the
    corrected rate compensates for this bias (Kingma and Ba, 2015, end of section 2, as in Keras).
    """
    mean = BETA_1 * mean + (1 - BETA_1) * gradient
    square = BETA_2 * square + (1 - BETA_2) * gradient**2
    corrected = rate * np.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
    return AdamStep(mean, square, corrected, weight - corrected * mean / (np.sqrt(square) + EPSILON))


def after_first_step(snapshot: Snapshot, loss_gradients: Sequence[Dense], *, rate: float) -> Snapshot:
    """The network after Adam's first step on all weights and biases with the gradients ``loss_gradients``."""
    layers = (
        Dense(
            adam(layer.kernel, gradient.kernel, rate=rate).after,
            adam(layer.bias, gradient.bias, rate=rate).after,
        )
        for layer, gradient in zip(snapshot.layers, loss_gradients, strict=True)
    )
    return Snapshot(snapshot.model, tuple(layers))


def least_confident(snapshot: Snapshot, digits: np.ndarray, *, count: int) -> np.ndarray:
    """Indices of the ``digits``, uint8 (N, 28, 28), with the lowest top probability: int64 (count,), lowest first."""
    logits = snapshot.sums(digits)[-1]
    confidence = 1 / np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1)
    return np.argsort(confidence, kind="stable")[:count]
