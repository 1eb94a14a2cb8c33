"""The activation functions of hidden units and their derivatives, as Keras computes them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr


@dataclass(frozen=True)
class Activation:
    """``function`` and its derivative ``slope`` take float arrays of any shape; ``max_slope``: about its maximum."""

    function: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    max_slope: float = 1.0


def _gelu_slope(sums: np.ndarray) -> np.ndarray:
    slope: np.ndarray = ndtr(sums) + sums * np.exp(-(sums**2) / 2) / np.sqrt(2 * np.pi)
    return slope


ACTIVATIONS = {
    "relu": Activation(lambda sums: np.maximum(sums, 0), lambda sums: (sums > 0).astype(sums.dtype)),
    "sigmoid": Activation(expit, lambda sums: expit(sums) * expit(-sums), max_slope=0.25),
    "tanh": Activation(np.tanh, lambda sums: 1 - np.tanh(sums) ** 2),
    # x times the normal distribution function of x (Hendrycks and Gimpel, 2016), exact, not the tanh approximation.
    "gelu": Activation(lambda sums: sums * ndtr(sums), _gelu_slope),
}
