"""How near each of the 70,000 digits is to the others: facts that take minutes, kept beside this module.

They are made anew by ``python -m mnist_core.digits.neighbours`` (2 minutes on 2 cores).
Digits are numbered through: 0 to 59,999 the training digits, then the test digits. Distances are those of
``similarity``.
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
CANDIDATES = 14  # of which exact distances choose the nearest
ROWS = 500  # digits compared with all others at once: 140 MB for 70,000
SCOPES = {"train": ("train", "train"), "test": ("test", "test"), "across": ("test", "train")}  # of pairs


@dataclass(frozen=True)
class Neighbours:
    """Facts about N labelled digits; row n of each array is about digit n.

    ``nearest``: int32 (N, 2), the digit nearest to it among the training and among the test digits, itself left out.
    ``squared``: int32 (N, 2), the squared distances to those two.
    ``strangeness``: float32 (N,), the mean distance to the ten nearest with the same label.
    ``agreement``: uint8 (N,), how many of its ten nearest among all digits have its label, 0 to 10.
    """

    nearest: np.ndarray
    squared: np.ndarray
    strangeness: np.ndarray
    agreement: np.ndarray


@cache
def load() -> Neighbours:
    """Read the facts about MNIST, once per process: 2 MB. Raises DatasetError when the file is missing or damaged."""
    try:
        with np.load(FILE, allow_pickle=False) as archive:
            return Neighbours(**{name: archive[name] for name in Neighbours.__dataclass_fields__})
    except mnist.UNREADABLE as error:
        raise DatasetError(
            f"The facts about neighbours in {FILE} cannot be read ({error}). "
            "To make them again: python -m mnist_core.digits.neighbours"
        ) from error


@cache
def labels() -> np.ndarray:
    """The labels of all of MNIST's digits as they are numbered here: uint8 (70000,), read-only."""
    data = mnist.load()
    both = np.concatenate([data.train.labels, data.test.labels])
    both.setflags(write=False)
    return both


def typical_first(facts: Neighbours, labels: np.ndarray, label: int) -> np.ndarray:
    """The digits that ``labels``, uint8 (N,), call ``label``, the least strange first: int64 (M,)."""
    digits = np.flatnonzero(labels == label)
    return digits[np.argsort(facts.strangeness[digits], kind="stable")]


def lonely_first(facts: Neighbours, labels: np.ndarray, label: int) -> np.ndarray:
    """The same digits, those first whose ten nearest agree least with their label: int64 (M,).

    Of equal ones those first that are nearest to a digit at all: their neighbours are the surer witnesses.
    """
    digits = np.flatnonzero(labels == label)
    return digits[np.lexsort((facts.squared[digits].min(axis=1), facts.agreement[digits]))]


def closest_pairs(
    facts: Neighbours, labels: np.ndarray, scope: str, label: int | None, *, training: int = mnist.SIZES["train"]
) -> tuple[np.ndarray, np.ndarray]:
    """Each digit with the one nearest to it, each pair once, the closest first.

    ``scope``, one of SCOPES: the split of a digit and that of its nearest; the first ``training`` digits are for
    training. ``label``: of the digit, None for any. Returns the pairs, int64 (M, 2), and their distances, float64 (M,).
    """
    of, to = SCOPES[scope]
    numbers = np.arange(len(labels))
    digits = numbers[((numbers >= training) == (of == "test")) & ((label is None) | (labels == label))]
    column = list(mnist.SIZES).index(to)
    pairs = np.column_stack([digits, facts.nearest[digits, column]])
    squared = facts.squared[digits, column]
    if of == to:
        pairs, first = np.unique(np.sort(pairs, axis=1), axis=0, return_index=True)
        squared = squared[first]
    order = np.argsort(squared, kind="stable")
    return pairs[order], np.sqrt(squared[order])


def of_digits(train: Split, test: Split) -> Neighbours:
    """The facts about the digits of ``train`` and ``test``; each split and each label has at least two."""
    digits = train.joined(test)
    pixels = digits.images.reshape(len(digits), -1).astype(np.float32)
    lengths = squared_lengths(digits.images)
    rows = [
        _of_rows(range(start, min(start + ROWS, len(digits))), digits, pixels, lengths, len(train))
        for start in range(0, len(digits), ROWS)
    ]
    return Neighbours(*(np.concatenate(column) for column in zip(*rows, strict=True)))


def _of_rows(
    rows: range, digits: Split, pixels: np.ndarray, lengths: np.ndarray, training: int
) -> tuple[np.ndarray, ...]:
    """The four columns of facts about the digits at ``rows``; the first ``training`` of all are training digits."""
    distances = lengths - 2 * (pixels[rows.start : rows.stop] @ pixels.T)  # but for each row's own square
    distances[np.arange(len(rows)), rows] = np.inf
    facts = []
    for row, rough in zip(rows, distances, strict=True):
        same = np.flatnonzero(digits.labels == digits.labels[row])
        _, alike = _exact(row, same[_least(rough[same])], digits)
        candidates = np.concatenate([_least(rough[:training]), training + _least(rough[training:])])
        around, squared = _exact(row, candidates, digits)
        first = [np.argmax(around < training), np.argmax(around >= training)]  # the nearest of each split
        agreeing = digits.labels[around[:NEIGHBOURS]] == digits.labels[row]
        facts.append((around[first], squared[first], np.sqrt(alike[:NEIGHBOURS]).mean(), agreeing.sum()))
    kinds = (np.int32, np.int32, np.float32, np.uint8)
    return tuple(np.array(column, kind) for column, kind in zip(zip(*facts, strict=True), kinds, strict=True))


def _least(rough: np.ndarray) -> np.ndarray:
    """Where the smallest of ``rough`` are: int64 (CANDIDATES,), rising."""
    last = min(CANDIDATES, len(rough)) - 1
    return np.sort(np.argpartition(rough, last)[: last + 1])


def _exact(row: int, candidates: np.ndarray, digits: Split) -> tuple[np.ndarray, np.ndarray]:
    """``candidates`` but ``row`` itself, by their squared distance to it, and these: int64 both."""
    candidates = candidates[candidates != row]
    squared = squared_distances(digits.images[row], digits.images[candidates])
    order = np.argsort(squared, kind="stable")
    return candidates[order], squared[order]


def _make() -> None:
    data = mnist.load()
    np.savez_compressed(FILE, **vars(of_digits(data.train, data.test)))


if __name__ == "__main__":
    _make()
