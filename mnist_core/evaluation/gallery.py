"""Filtering and sorting of test digits by their predictions."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mnist_core.config import CLASSES
from mnist_core.evaluation.scores import losses


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Conditions that are combined by "and"; None means any. Confidence is the predicted class' probability."""

    true: int | None = None
    predicted: int | None = None
    right: bool | None = None
    min_confidence: float = 0.0
    max_confidence: float = 1.0

    def mask(self, probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Which digits pass: bool (N,). ``probabilities``: float (N, 10). ``labels``: uint8 (N,)."""
        predictions, confidences = probabilities.argmax(axis=1), probabilities.max(axis=1)
        mask: np.ndarray = (confidences >= self.min_confidence) & (confidences <= self.max_confidence)
        if self.true is not None:
            mask &= labels == self.true
        if self.predicted is not None:
            mask &= predictions == self.predicted
        if self.right is not None:
            mask &= (predictions == labels) == self.right
        return mask


def _confidently_wrong(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    confidences = probabilities.max(axis=1)
    keys: np.ndarray = np.where(probabilities.argmax(axis=1) == labels, -confidences, confidences)
    return keys


def _margin(probabilities: np.ndarray, _: np.ndarray) -> np.ndarray:
    second, first = np.partition(probabilities, -2, axis=1)[:, -2:].T
    margins: np.ndarray = first - second
    return margins


# Sort keys, largest first: functions of probabilities, float (N, 10), and labels, uint8 (N,), that return (N,).
ORDERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "surely-wrong": _confidently_wrong,  # errors by confidence; right predictions last, the most confident at the end
    "unsure": lambda probabilities, labels: -probabilities.max(axis=1),
    "loss": losses,
    "margin": _margin,  # difference of the two largest probabilities (Scheffer et al., 2001)
    "index": lambda probabilities, labels: -np.arange(len(labels)),
}


def sorted_indices(probabilities: np.ndarray, labels: np.ndarray, mask: np.ndarray, *, order: str) -> np.ndarray:
    """Where ``mask``, bool (N,), is True: indices, int64 (M,), sorted by the key ``order`` of ORDERS; stable.

    ``probabilities``: float (N, 10). ``labels``: uint8 (N,).
    """
    indices = np.flatnonzero(mask)
    return indices[np.argsort(-ORDERS[order](probabilities[indices], labels[indices]), kind="stable")]


def table(indices: np.ndarray, probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """A table of the digits at ``indices``, int (M,), with the columns index, true, predicted, p0 to p9."""
    rows = probabilities[indices]
    columns = {"index": indices, "true": labels[indices], "predicted": rows.argmax(axis=1)}
    return pd.DataFrame(columns | {f"p{digit}": rows[:, digit] for digit in range(CLASSES)})
