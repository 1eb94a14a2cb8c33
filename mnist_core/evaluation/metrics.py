"""The field's usual numbers about a classifier, for each digit and for all: arrays in, arrays out."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PerDigit:
    """float64 (10,) each, 0 to 1, but for ``support``, int64 (10,).

    ``precision``: of the digits that were read as a 3, the share that are 3s; 0 where none was read so. ``recall``: of
    the 3s, the share that was read as a 3; 0 where there are none. ``f1``: their harmonic mean. ``support``: the 3s.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


def per_digit(counts: np.ndarray) -> PerDigit:
    """From ``counts``, int (10, 10), true digit by answer, as ``evaluation.confusion_matrix`` gives it."""
    right, answered, support = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    return PerDigit(
        precision=_share(right, answered),
        recall=_share(right, support),
        f1=_share(2 * right, answered + support),
        support=support,
    )


def top_accuracy(probabilities: np.ndarray, labels: np.ndarray, *, k: int) -> float:
    """The share of digits, 0 to 1, whose label is among the ``k`` most probable answers.

    ``probabilities``: float (N, 10). ``labels``: uint8 (N,). Of equally probable answers the larger digit counts
    first, as in scikit-learn.
    """
    best = np.argsort(probabilities, axis=1, kind="stable")[:, -k:]
    return float((best == labels[:, None]).any(axis=1).mean())


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
