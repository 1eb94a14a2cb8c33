"""Which of the test digits one looks at, in which order: what a gallery filters and sorts by."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mnist_core.evaluation.scores import CLASSES, losses


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Digits are kept that fit all of it; None is any. ``least`` and ``most`` bound the answer's probability."""

    true: int | None = None
    predicted: int | None = None
    right: bool | None = None
    least: float = 0.0
    most: float = 1.0

    def keeps(self, probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Bool (N,). ``probabilities``: float (N, 10). ``labels``: uint8 (N,)."""
        answers, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
        kept = (sure >= self.least) & (sure <= self.most)
        if self.true is not None:
            kept &= labels == self.true
        if self.predicted is not None:
            kept &= answers == self.predicted
        if self.right is not None:
            kept &= (answers == labels) == self.right
        return kept


def _surely_wrong(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    sure = probabilities.max(axis=1)
    return np.where(probabilities.argmax(axis=1) == labels, -sure, sure)


def _margin(probabilities: np.ndarray, _: np.ndarray) -> np.ndarray:
    second, first = np.partition(probabilities, -2, axis=1)[:, -2:].T
    return first - second


# What is largest comes first. Each takes probabilities, float (N, 10), and labels, uint8 (N,), and returns (N,).
ORDERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "surely-wrong": _surely_wrong,  # the surest errors, and right answers last, the surest at the very end
    "unsure": lambda probabilities, labels: -probabilities.max(axis=1),
    "loss": losses,
    "margin": _margin,  # between the two largest probabilities (Scheffer et al., 2001)
    "index": lambda probabilities, labels: -np.arange(len(labels)),
}


def found(probabilities: np.ndarray, labels: np.ndarray, kept: np.ndarray, *, order: str) -> np.ndarray:
    """Where ``kept``, bool (N,), is true: indices, int64 (M,), in one of ORDERS; equal ones stay as they were.

    ``probabilities``: float (N, 10). ``labels``: uint8 (N,).
    """
    indices = np.flatnonzero(kept)
    return indices[np.argsort(-ORDERS[order](probabilities[indices], labels[indices]), kind="stable")]


def table(indices: np.ndarray, probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """The test digits at ``indices``, int (M,), as rows: index, true, predicted, and p0 to p9."""
    rows = probabilities[indices]
    columns = {"index": indices, "true": labels[indices], "predicted": rows.argmax(axis=1)}
    return pd.DataFrame(columns | {f"p{digit}": rows[:, digit] for digit in range(CLASSES)})
