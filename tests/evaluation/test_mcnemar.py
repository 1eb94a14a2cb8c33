import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.stats import binomtest

from mnist_core.evaluation.mcnemar import compare

LABELS = np.arange(10)


def compared(only_first: int, only_second: int, *, both: int = 3) -> float:
    """The chance where so many digits are read by one alone."""
    right, wrong = np.zeros(1, int), np.ones(1, int)
    first = np.concatenate([right.repeat(both + only_first), wrong.repeat(only_second)])
    second = np.concatenate([right.repeat(both), wrong.repeat(only_first), right.repeat(only_second)])
    return compare(first, second, np.zeros(both + only_first + only_second, int)).chance


def test_digits_are_told_apart_by_who_reads_them() -> None:
    first, second = LABELS.copy(), LABELS.copy()
    first[[2, 5]] = 0
    second[[5, 7, 8]] = 0
    found = compare(first, second, LABELS)
    assert_array_equal(found.only_first, [7, 8])
    assert_array_equal(found.only_second, [2])
    assert_array_equal(found.neither, [5])
    assert_array_equal(found.both, [0, 1, 3, 4, 6, 9])


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemars_chance_is_the_exact_binomial_one(only_first: int, only_second: int) -> None:
    if only_first + only_second:
        expected = binomtest(only_first, only_first + only_second).pvalue
        assert compared(only_first, only_second) == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_networks_that_never_differ_are_equally_good() -> None:
    assert compared(0, 0) == 1
