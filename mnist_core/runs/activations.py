"""The activation functions of hidden units, and their slopes, as Keras computes them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr


@dataclass(frozen=True)
class Activation:
    """``function`` and its derivative ``slope`` take floats of any shape; ``steepest`` is about the largest slope."""

    function: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    steepest: float = 1.0


def _gelu_slope(sums: np.ndarray) -> np.ndarray:
    return ndtr(sums) + sums * np.exp(-(sums**2) / 2) / np.sqrt(2 * np.pi)


ACTIVATIONS = {
    "relu": Activation(lambda sums: np.maximum(sums, 0), lambda sums: (sums > 0).astype(sums.dtype)),
    "sigmoid": Activation(expit, lambda sums: expit(sums) * expit(-sums), steepest=0.25),
    "tanh": Activation(np.tanh, lambda sums: 1 - np.tanh(sums) ** 2),
    # Times the share of a normal distribution below it (Hendrycks and Gimpel, 2016), without their approximation.
    "gelu": Activation(lambda sums: sums * ndtr(sums), _gelu_slope),
}
