"""Nearest-neighbour facts about MNIST's 70,000 digits, precomputed in the file beside this module.

``python -m mnist_core.digits.neighbours`` computes the file again (2 minutes on 2 cores).
Digits are numbered from 0: the 60,000 training digits, then the test digits. Distances are those of ``similarity``.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mnist_core.digits import mnist
from mnist_core.digits.mnist import DatasetError, Split
from mnist_core.digits.similarity import squared_distances, squared_lengths

FILE = Path(__file__).with_name("neighbours.npz")
NEIGHBOURS = 10
CANDIDATES = 14  # chosen by float32 distances, then sorted by exact ones
CHUNK_ROWS = 500  # digits compared with all others at once: 140 MB for 70,000 digits
SCOPES = {"train": ("train", "train"), "test": ("test", "test"), "across": ("test", "train")}  # of digit, neighbour


@dataclass(frozen=True)
class Neighbours:
    """Facts about N labelled digits; row n of each array is about digit n.

    ``nearest``: int32 (N, 2), its nearest training digit and its nearest test digit, itself excluded.
    ``squared``: int32 (N, 2), the squared distances to those two.
    ``strangeness``: float32 (N,), the mean distance to the ten nearest digits with the same label.
    ``agreement``: uint8 (N,), how many of the ten nearest digits have its label, 0 to 10.
    """

    nearest: np.ndarray
    squared: np.ndarray
    strangeness: np.ndarray
    agreement: np.ndarray


@cache
def load() -> Neighbours:
    """Load the facts about MNIST, 2 MB, once per process. Raises DatasetError when the file is missing or damaged."""
    try:
        with np.load(FILE, allow_pickle=False) as archive:
            return Neighbours(**{name: archive[name] for name in Neighbours.__dataclass_fields__})
    except mnist.READ_ERRORS as error:
        raise DatasetError(
            f"The facts about neighbours in {FILE} cannot be read ({error}). "
            "To make them again: python -m mnist_core.digits.neighbours"
        ) from error


@cache
def labels() -> np.ndarray:
    """The labels of all digits in this module's numbering: uint8 (70000,), read-only."""
    data = mnist.load()
    both = np.concatenate([data.train.labels, data.test.labels])
    both.setflags(write=False)
    return both


def most_typical_first(facts: Neighbours, labels: np.ndarray, label: int) -> np.ndarray:
    """The digits whose ``labels``, uint8 (N,), are ``label``, sorted by increasing strangeness: int64 (M,)."""
    digits = np.flatnonzero(labels == label)
    return digits[np.argsort(facts.strangeness[digits], kind="stable")]


def least_agreeing_first(facts: Neighbours, labels: np.ndarray, label: int) -> np.ndarray:
    """The digits whose ``labels``, uint8 (N,), are ``label``, sorted by increasing agreement: int64 (M,).

    Ties are sorted by the distance to the nearest digit, as near neighbours are stronger evidence.
    """
    digits = np.flatnonzero(labels == label)
    return digits[np.lexsort((facts.squared[digits].min(axis=1), facts.agreement[digits]))]


def closest_pairs(
    facts: Neighbours, labels: np.ndarray, scope: str, label: int | None, *, training: int = mnist.SIZES["train"]
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of each digit and its nearest neighbour, without duplicates, the closest first.

    ``scope``: a key of SCOPES, the splits of digit and neighbour; the first ``training`` digits are the training split.
    ``label``: the digit's, None for any. Returns the pairs, int64 (M, 2), and their distances, float64 (M,).
    """
    split, neighbour_split = SCOPES[scope]
    numbers = np.arange(len(labels))
    digits = numbers[((numbers >= training) == (split == "test")) & ((label is None) | (labels == label))]
    column = list(mnist.SIZES).index(neighbour_split)
    pairs = np.column_stack([digits, facts.nearest[digits, column]])
    squared = facts.squared[digits, column]
    if split == neighbour_split:
        pairs, first = np.unique(np.sort(pairs, axis=1), axis=0, return_index=True)
        squared = squared[first]
    order = np.argsort(squared, kind="stable")
    return pairs[order], np.sqrt(squared[order])


def of_digits(train: Split, test: Split) -> Neighbours:
    """Compute the facts about ``train`` and ``test``; each split and each label needs at least two digits."""
    digits = train.joined(test)
    pixels = digits.images.reshape(len(digits), -1).astype(np.float32)
    lengths = squared_lengths(digits.images)
    rows = [
        _facts_of_rows(range(start, min(start + CHUNK_ROWS, len(digits))), digits, pixels, lengths, len(train))
        for start in range(0, len(digits), CHUNK_ROWS)
    ]
    return Neighbours(*(np.concatenate(column) for column in zip(*rows, strict=True)))


def _facts_of_rows(
    rows: range, digits: Split, pixels: np.ndarray, lengths: np.ndarray, training: int
) -> tuple[np.ndarray, ...]:
    """The fields of Neighbours for the digits ``rows``; the first ``training`` of all are training digits."""
    distances = lengths - 2 * (pixels[rows.start : rows.stop] @ pixels.T)  # squared, without each row's constant
    distances[np.arange(len(rows)), rows] = np.inf
    facts = []
    for row, approx in zip(rows, distances, strict=True):
        same = np.flatnonzero(digits.labels == digits.labels[row])
        _, same_squared = _sort_exactly(row, same[_smallest(approx[same])], digits)
        candidates = np.concatenate([_smallest(approx[:training]), training + _smallest(approx[training:])])
        nearest, squared = _sort_exactly(row, candidates, digits)
        first = [np.argmax(nearest < training), np.argmax(nearest >= training)]  # the nearest of each split
        agreeing = digits.labels[nearest[:NEIGHBOURS]] == digits.labels[row]
        facts.append((nearest[first], squared[first], np.sqrt(same_squared[:NEIGHBOURS]).mean(), agreeing.sum()))
    dtypes = (np.int32, np.int32, np.float32, np.uint8)
    return tuple(np.array(column, kind) for column, kind in zip(zip(*facts, strict=True), dtypes, strict=True))


def _smallest(approx: np.ndarray) -> np.ndarray:
    """The indices of the CANDIDATES smallest values of ``approx``: int64, ascending."""
    last = min(CANDIDATES, len(approx)) - 1
    return np.sort(np.argpartition(approx, last)[: last + 1])


def _sort_exactly(row: int, candidates: np.ndarray, digits: Split) -> tuple[np.ndarray, np.ndarray]:
    """``candidates`` without ``row``, sorted by exact squared distance to it, and the distances: int64 both."""
    candidates = candidates[candidates != row]
    squared = squared_distances(digits.images[row], digits.images[candidates])
    order = np.argsort(squared, kind="stable")
    return candidates[order], squared[order]


def _write_file() -> None:
    data = mnist.load()
    np.savez_compressed(FILE, **vars(of_digits(data.train, data.test)))


if __name__ == "__main__":
    _write_file()
