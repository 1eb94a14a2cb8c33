"""Classification metrics: precision, recall and F1 per digit, and top-k accuracy."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PerDigit:
    """Metrics of each class: float64 (10,), 0 to 1, except ``support``, int64 (10,).

    ``precision``: the share of the predictions of a class that are right; 0 if there are none. ``recall``: the share of
    a class' digits that are predicted right; 0 if there are none. ``f1``: the harmonic mean of both. ``support``: the
    number of the class' digits.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


def per_digit(counts: np.ndarray) -> PerDigit:
    """Compute the metrics from ``counts``, int (10, 10), the result of ``scores.confusion_matrix``."""
    right, answered, support = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    return PerDigit(
        precision=_share(right, answered),
        recall=_share(right, support),
        f1=_share(2 * right, answered + support),
        support=support,
    )


def top_accuracy(probabilities: np.ndarray, labels: np.ndarray, *, k: int) -> float:
    """The share of digits, 0 to 1, whose label is among the ``k`` most probable classes.

    ``probabilities``: float (N, 10). ``labels``: uint8 (N,). Among equally probable classes the larger digit
    comes first, as in scikit-learn.
    """
    best = np.argsort(probabilities, axis=1, kind="stable")[:, -k:]
    return float((best == labels[:, None]).any(axis=1).mean())


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    shares: np.ndarray = np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
    return shares
