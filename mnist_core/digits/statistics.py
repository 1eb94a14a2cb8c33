"""Statistics of labelled digits: class counts, mean images, pixel histograms and ink quantiles."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mnist_core.config import CLASSES
from mnist_core.digits import mnist

PIXEL_VALUES = 256
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CHUNK_SIZE = 2000  # digits at a time, because counting needs 8 bytes per pixel


@dataclass(frozen=True)
class Statistics:
    """Statistics of a set of labelled digits; row n of each array but ``brightest`` is about class n.

    ``counts``: int64 (10,), digits. ``histograms``: int64 (10, 256), pixels of each value. ``means``, ``deviations``:
    float64 (10, 28, 28), the mean and standard deviation of each pixel, 0 to 255. ``ink``: float64 (10, 5), the
    QUANTILES of the digits' mean pixel value. These three are NaN for a class without digits.
    ``brightest``: uint8 (28, 28), the maximum of each pixel over all digits.
    """

    counts: NDArray[np.int64]
    histograms: NDArray[np.int64]
    means: NDArray[np.float64]
    deviations: NDArray[np.float64]
    ink: NDArray[np.float64]
    brightest: NDArray[np.uint8]

    @property
    def mean(self) -> np.ndarray:
        """The mean of each pixel over all digits: float64 (28, 28), 0 to 255."""
        return self._class_weighted_mean(self.means)

    @property
    def deviation(self) -> np.ndarray:
        """The standard deviation of each pixel over all digits: float64 (28, 28), 0 to 255."""
        variance = self._class_weighted_mean(self.deviations**2 + (self.means - self.mean) ** 2)
        deviation: np.ndarray = np.sqrt(variance)
        return deviation

    @property
    def unused(self) -> np.ndarray:
        """Which pixels are background in all digits: bool (28, 28)."""
        unused: np.ndarray = self.brightest == 0
        return unused

    def _class_weighted_mean(self, values: np.ndarray) -> np.ndarray:
        """The mean of ``values``, (10, ...), over the classes, weighted by their counts."""
        present = self.counts > 0
        return np.tensordot(self.counts[present] / self.counts.sum(), values[present], axes=1)


@cache
def of_split(name: str) -> Statistics:
    """The statistics of MNIST's "train" or "test" split, computed once per process (a few hundred kB)."""
    split = mnist.load().split(name)
    return of_digits(split.images, split.labels)


def of_digits(images: np.ndarray, labels: np.ndarray) -> Statistics:
    """The statistics of ``images``, uint8 (N, 28, 28), with ``labels``, uint8 (N,), 0 to 9. N is at least 1."""
    each = [images[labels == digit] for digit in range(CLASSES)]
    moments = [mean_and_deviation(digits) for digits in each]
    return Statistics(
        counts=np.array([len(digits) for digits in each]),
        histograms=np.array([pixel_histogram(digits) for digits in each]),
        means=np.array([mean for mean, _ in moments]),
        deviations=np.array([deviation for _, deviation in moments]),
        ink=np.array([ink_quantiles(digits) for digits in each]),
        brightest=images.max(axis=0),
    )


def mean_and_deviation(digits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean and the standard deviation of each pixel of ``digits``, uint8 (N, 28, 28).

    Both float64 (28, 28), 0 to 255; NaN if N is 0.
    """
    if not len(digits):
        return np.full(digits.shape[1:], np.nan), np.full(digits.shape[1:], np.nan)
    mean, squares = digits.mean(axis=0), np.zeros(digits.shape[1:])
    for start in range(0, len(digits), CHUNK_SIZE):
        part = digits[start : start + CHUNK_SIZE].astype(np.float64)
        squares += np.einsum("nij,nij->ij", part, part)
    return mean, np.sqrt(np.maximum(squares / len(digits) - mean**2, 0))


def ink_quantiles(digits: np.ndarray) -> np.ndarray:
    """The QUANTILES of the mean pixel value of ``digits``, uint8 (N, 28, 28): float64 (5,), NaN if N is 0."""
    if not len(digits):
        return np.full(len(QUANTILES), np.nan)
    quantiles: np.ndarray = np.quantile(digits.mean(axis=(1, 2)), QUANTILES)
    return quantiles


def pixel_histogram(digits: np.ndarray) -> np.ndarray:
    """How many pixels of ``digits``, uint8 (N, 28, 28), have each value: int64 (256,)."""
    histogram = np.zeros(PIXEL_VALUES, np.int64)
    for start in range(0, len(digits), CHUNK_SIZE):
        histogram += np.bincount(digits[start : start + CHUNK_SIZE].ravel(), minlength=PIXEL_VALUES)
    return histogram


def indices_of(labels: np.ndarray, digit: int | None) -> np.ndarray:
    """The indices where ``labels``, uint8 (N,), are ``digit``, or all indices for None: int64 (M,), ascending."""
    return np.arange(len(labels)) if digit is None else np.flatnonzero(labels == digit)
