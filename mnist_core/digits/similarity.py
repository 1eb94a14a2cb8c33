"""Which digits look alike: the straight (Euclidean) distance between their 784 pixel values, 0 to 255 each.

Nothing is scaled, shifted or turned first, so two thin strokes in the same place are near and the same stroke two
pixels further right is far. Distances are exact: floats only choose candidates, whole numbers decide.
"""

from functools import lru_cache

import numpy as np

from mnist_core.digits import mnist

CHUNK = 4000  # digits at a time: as float32 they take 12 MB
SPARE = 20  # candidates beyond those asked for; float32 is off by a few units in a square of 100,000 and more


def squared_distances(digit: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Between ``digit``, uint8 (28, 28), and each of ``others``, uint8 (N, 28, 28): int64 (N,), exact."""
    differences = others.reshape(len(others), -1).astype(np.int64) - digit.ravel()
    return np.einsum("ij,ij->i", differences, differences)


def nearest(
    digit: np.ndarray, others: np.ndarray, *, count: int, squares: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The ``count`` of ``others``, uint8 (N, 28, 28), nearest to ``digit``, uint8 (28, 28), the nearest first.

    Returns their places, int64 (count,), and distances, float64 (count,); of equally near ones the first come first.
    ``squares``: what ``squared_lengths(others)`` gives, for who has it. One matrix product, 20 MB at any time.
    """
    squares = squared_lengths(others) if squares is None else squares
    pixels, sought = others.reshape(len(others), -1), digit.ravel().astype(np.float32)
    rough = np.empty(len(others), np.float32)  # the squared distance, without the digit's own square
    for start in range(0, len(others), CHUNK):
        part = slice(start, start + CHUNK)
        rough[part] = squares[part] - 2 * (pixels[part].astype(np.float32) @ sought)
    last = min(count + SPARE, len(rough)) - 1
    candidates = np.sort(np.argpartition(rough, last)[: last + 1])
    exact = squared_distances(digit, others[candidates])
    order = np.argsort(exact, kind="stable")[:count]
    return candidates[order], np.sqrt(exact[order])


def squared_lengths(digits: np.ndarray) -> np.ndarray:
    """The squared length of each of ``digits``, uint8 (N, 28, 28), as a vector: float32 (N,)."""
    pixels = digits.reshape(len(digits), -1)
    lengths = np.empty(len(digits), np.float32)
    for start in range(0, len(digits), CHUNK):
        part = pixels[start : start + CHUNK].astype(np.float32)
        lengths[start : start + CHUNK] = np.einsum("ij,ij->i", part, part)
    return lengths


@lru_cache(maxsize=2)
def _lengths_of_split(name: str) -> np.ndarray:
    return squared_lengths(mnist.load().split(name).images)


@lru_cache(maxsize=512)
def most_similar(
    name: str, index: int, *, count: int, among: tuple[str, ...] = tuple(mnist.SIZES)
) -> tuple[tuple[str, int, float], ...]:
    """The ``count`` digits nearest to one, of the splits ``among``: their split, index, distance, the nearest first.

    ``name`` and ``index``: the split and place of the digit, which is not among them. The last asked for are kept.
    """
    digit = mnist.load().split(name).images[index]
    found = []
    for other in among:
        places, distances = nearest(
            digit, mnist.load().split(other).images, count=count + 1, squares=_lengths_of_split(other)
        )
        found += [(float(far), other, int(place)) for place, far in zip(places, distances, strict=True)]
    return tuple((other, place, far) for far, other, place in sorted(found) if (other, place) != (name, index))[:count]
