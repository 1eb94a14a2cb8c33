"""Facts about many digits: how many of each, their mean images, their pixel values."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from mnist_core.digits import mnist

CLASSES = 10
PIXEL_VALUES = 256
CHUNK = 2000  # digits at a time: counting widens each pixel to 8 bytes


@dataclass(frozen=True)
class Statistics:
    """Facts about a set of labelled digits; row n of each array is about digit n.

    ``counts``: int64 (10,), digits. ``means``: float64 (10, 28, 28), 0 to 255, NaN for a digit that does not occur.
    ``histograms``: int64 (10, 256), pixels of each value.
    """

    counts: np.ndarray
    means: np.ndarray
    histograms: np.ndarray


@cache
def of_split(name: str) -> Statistics:
    """The statistics of MNIST's "train" or "test" split, computed once per process (a few hundred kB)."""
    split = mnist.load().split(name)
    return of_digits(split.images, split.labels)


def of_digits(images: np.ndarray, labels: np.ndarray) -> Statistics:
    """The statistics of ``images``, uint8 (N, 28, 28), with ``labels``, uint8 (N,), 0 to 9."""
    each = [images[labels == digit] for digit in range(CLASSES)]
    return Statistics(
        counts=np.array([len(digits) for digits in each]),
        means=np.array([mean_image(digits) for digits in each]),
        histograms=np.array([pixel_histogram(digits) for digits in each]),
    )


def mean_image(digits: np.ndarray) -> np.ndarray:
    """The mean of ``digits``, uint8 (N, 28, 28): float64 (28, 28), 0 to 255; NaN where N is 0."""
    if not len(digits):
        return np.full(digits.shape[1:], np.nan)
    return digits.mean(axis=0)


def pixel_histogram(digits: np.ndarray) -> np.ndarray:
    """How many pixels of ``digits``, uint8 (N, 28, 28), have each value: int64 (256,)."""
    histogram = np.zeros(PIXEL_VALUES, np.int64)
    for start in range(0, len(digits), CHUNK):
        histogram += np.bincount(digits[start : start + CHUNK].ravel(), minlength=PIXEL_VALUES)
    return histogram


def indices_of(labels: np.ndarray, digit: int | None) -> np.ndarray:
    """Where ``labels``, uint8 (N,), hold ``digit``, or all places for None: int64 (M,), rising."""
    return np.arange(len(labels)) if digit is None else np.flatnonzero(labels == digit)
