"""Similar digits by the Euclidean distance between their 784 pixel values, 0 to 255 each.

Digits are not aligned first, so a stroke shifted by two pixels is far from the original. Distances are exact: float32
arithmetic only selects candidates, integer arithmetic sorts them.
"""

from functools import lru_cache

import numpy as np

from mnist_core.digits import mnist

CHUNK_SIZE = 4000  # digits at a time: as float32 they take 12 MB
EXTRA_CANDIDATES = 20  # beyond ``count``; float32 has errors of a few units in squared distances of 100,000 and more


def squared_distances(digit: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The exact distances of ``digit``, uint8 (28, 28), to each of ``others``, uint8 (N, 28, 28): int64 (N,)."""
    differences = others.reshape(len(others), -1).astype(np.int64) - digit.ravel()
    distances: np.ndarray = np.einsum("ij,ij->i", differences, differences)
    return distances


def nearest(
    digit: np.ndarray, others: np.ndarray, *, count: int, squares: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Find the ``count`` of ``others``, uint8 (N, 28, 28), nearest to ``digit``, uint8 (28, 28), the nearest first.

    Returns their indices, int64 (count,), and distances, float64 (count,); ties are sorted by index.
    ``squares``: ``squared_lengths(others)``, if already computed. Needs about 20 MB.
    """
    squares = squared_lengths(others) if squares is None else squares
    pixels, vector = others.reshape(len(others), -1), digit.ravel().astype(np.float32)
    approx = np.empty(len(others), np.float32)  # squared distances without the constant term of ``digit``
    for start in range(0, len(others), CHUNK_SIZE):
        part = slice(start, start + CHUNK_SIZE)
        approx[part] = squares[part] - 2 * (pixels[part].astype(np.float32) @ vector)
    last = min(count + EXTRA_CANDIDATES, len(approx)) - 1
    candidates = np.sort(np.argpartition(approx, last)[: last + 1])
    exact = squared_distances(digit, others[candidates])
    order = np.argsort(exact, kind="stable")[:count]
    return candidates[order], np.sqrt(exact[order])


def squared_lengths(digits: np.ndarray) -> np.ndarray:
    """The squared Euclidean norm of each of ``digits``, uint8 (N, 28, 28): float32 (N,)."""
    pixels = digits.reshape(len(digits), -1)
    lengths = np.empty(len(digits), np.float32)
    for start in range(0, len(digits), CHUNK_SIZE):
        part = pixels[start : start + CHUNK_SIZE].astype(np.float32)
        lengths[start : start + CHUNK_SIZE] = np.einsum("ij,ij->i", part, part)
    return lengths


@lru_cache(maxsize=2)
def _lengths_of_split(name: str) -> np.ndarray:
    return squared_lengths(mnist.load().split(name).images)


@lru_cache(maxsize=512)
def most_similar(
    name: str, index: int, *, count: int, among: tuple[str, ...] = tuple(mnist.SIZES)
) -> tuple[tuple[str, int, float], ...]:
    """The ``count`` digits of the splits ``among`` nearest to a digit: (split, index, distance), the nearest first.

    ``name`` and ``index``: the digit's split and index; it is not in the result. Results are cached.
    """
    digit = mnist.load().split(name).images[index]
    nearby = []
    for other in among:
        indices, distances = nearest(
            digit, mnist.load().split(other).images, count=count + 1, squares=_lengths_of_split(other)
        )
        nearby += [(float(distance), other, int(i)) for i, distance in zip(indices, distances, strict=True)]
    return tuple((other, i, distance) for distance, other, i in sorted(nearby) if (other, i) != (name, index))[:count]
