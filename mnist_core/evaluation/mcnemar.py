"""Comparison of two networks on the same digits by McNemar's test."""

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr

SIGNIFICANCE_LEVEL = 0.05  # of the p-value; the usual value


@dataclass(frozen=True)
class Comparison:
    """Indices of digits, int64 (M,) each, by which of the two networks predicts them right."""

    both: np.ndarray
    only_first: np.ndarray
    only_second: np.ndarray
    neither: np.ndarray

    @property
    def p_value(self) -> float:
        """The p-value, 0 to 1, of McNemar's exact two-sided test that both networks are equally good.

        Under this hypothesis the number of digits that only the first predicts right is binomial (McNemar, 1947).
        """
        first, second = len(self.only_first), len(self.only_second)
        return min(1.0, 2 * float(bdtr(min(first, second), first + second, 0.5)))


def compare(first: np.ndarray, second: np.ndarray, labels: np.ndarray) -> Comparison:
    """Compare the predictions of two networks, integers (N,), 0 to 9, with ``labels``, uint8 (N,)."""
    by_first, by_second = first == labels, second == labels
    groups = (by_first & by_second, by_first & ~by_second, ~by_first & by_second, ~(by_first | by_second))
    return Comparison(*map(np.flatnonzero, groups))
