"""Facts about many digits: how many of each, their mean images, their pixel values, their ink."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from mnist_core.digits import mnist

CLASSES = 10
PIXEL_VALUES = 256
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CHUNK = 2000  # digits at a time: counting widens each pixel to 8 bytes


@dataclass(frozen=True)
class Statistics:
    """Facts about a set of labelled digits; row n of each array is about digit n.

    ``counts``: int64 (10,), digits. ``histograms``: int64 (10, 256), pixels of each value. NaN for a digit that does
    not occur: ``means`` and ``deviations``, float64 (10, 28, 28), the mean and standard deviation of each pixel, 0 to
    255; ``ink``, float64 (10, 5), below which mean pixel value QUANTILES of the digits lie.
    ``brightest``: uint8 (28, 28), the largest value that each pixel ever has.
    """

    counts: np.ndarray
    histograms: np.ndarray
    means: np.ndarray
    deviations: np.ndarray
    ink: np.ndarray
    brightest: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """The mean of each pixel over all digits: float64 (28, 28), 0 to 255."""
        return self._over_all(self.means)

    @property
    def deviation(self) -> np.ndarray:
        """The standard deviation of each pixel over all digits, float64 (28, 28): within the classes and between."""
        return np.sqrt(self._over_all(self.deviations**2 + (self.means - self.mean) ** 2))

    @property
    def unused(self) -> np.ndarray:
        """Which pixels are background in all digits: bool (28, 28)."""
        return self.brightest == 0

    def _over_all(self, values: np.ndarray) -> np.ndarray:
        """The mean of ``values``, (10, ...), each class as heavy as it is large."""
        occur = self.counts > 0
        return np.tensordot(self.counts[occur] / self.counts.sum(), values[occur], axes=1)


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

    float64 (28, 28) both, 0 to 255; NaN where N is 0.
    """
    if not len(digits):
        return np.full(digits.shape[1:], np.nan), np.full(digits.shape[1:], np.nan)
    mean, squares = digits.mean(axis=0), np.zeros(digits.shape[1:])
    for start in range(0, len(digits), CHUNK):
        part = digits[start : start + CHUNK].astype(np.float64)
        squares += np.einsum("nij,nij->ij", part, part)
    return mean, np.sqrt(np.maximum(squares / len(digits) - mean**2, 0))


def ink_quantiles(digits: np.ndarray) -> np.ndarray:
    """Below which mean pixel value QUANTILES of ``digits``, uint8 (N, 28, 28), lie: float64 (5,); NaN where N is 0."""
    if not len(digits):
        return np.full(len(QUANTILES), np.nan)
    return np.quantile(digits.mean(axis=(1, 2)), QUANTILES)


def pixel_histogram(digits: np.ndarray) -> np.ndarray:
    """How many pixels of ``digits``, uint8 (N, 28, 28), have each value: int64 (256,)."""
    histogram = np.zeros(PIXEL_VALUES, np.int64)
    for start in range(0, len(digits), CHUNK):
        histogram += np.bincount(digits[start : start + CHUNK].ravel(), minlength=PIXEL_VALUES)
    return histogram


def indices_of(labels: np.ndarray, digit: int | None) -> np.ndarray:
    """Where ``labels``, uint8 (N,), hold ``digit``, or all places for None: int64 (M,), rising."""
    return np.arange(len(labels)) if digit is None else np.flatnonzero(labels == digit)
