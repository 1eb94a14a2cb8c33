"""Two networks on the same digits: where they differ, and whether one is really better."""

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr

SIGNIFICANT = 0.05  # a chance below it is commonly taken for no chance


@dataclass(frozen=True)
class Comparison:
    """Indices of digits, int64 (M,) each, by who reads them right."""

    both: np.ndarray
    only_first: np.ndarray
    only_second: np.ndarray
    neither: np.ndarray

    @property
    def chance(self) -> float:
        """How likely two equally good networks differ at least as unevenly: McNemar's test, exact and two-sided.

        Then each digit that one of them alone reads is as likely read by the one as by the other, so their number is
        binomial (McNemar, 1947). 0 to 1.
        """
        first, second = len(self.only_first), len(self.only_second)
        return min(1.0, 2 * float(bdtr(min(first, second), first + second, 0.5)))


def compare(first: np.ndarray, second: np.ndarray, labels: np.ndarray) -> Comparison:
    """The answers of two networks, integers (N,), 0 to 9, beside ``labels``, uint8 (N,)."""
    by_first, by_second = first == labels, second == labels
    groups = (by_first & by_second, by_first & ~by_second, ~by_first & by_second, ~(by_first | by_second))
    return Comparison(*map(np.flatnonzero, groups))
