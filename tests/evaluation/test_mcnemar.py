import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.stats import binomtest

from mnist_core.evaluation.mcnemar import compare

LABELS = np.arange(10)


def p_value(only_first: int, only_second: int, *, both: int = 3) -> float:
    """The p-value when only the first or only the second network is correct on these numbers of digits."""
    right, wrong = np.zeros(1, int), np.ones(1, int)
    first = np.concatenate([right.repeat(both + only_first), wrong.repeat(only_second)])
    second = np.concatenate([right.repeat(both), wrong.repeat(only_first), right.repeat(only_second)])
    return compare(first, second, np.zeros(both + only_first + only_second, int)).p_value


def test_compare_groups_digits_by_which_network_is_correct() -> None:
    first, second = LABELS.copy(), LABELS.copy()
    first[[2, 5]] = 0
    second[[5, 7, 8]] = 0
    comparison = compare(first, second, LABELS)
    assert_array_equal(comparison.only_first, [7, 8])
    assert_array_equal(comparison.only_second, [2])
    assert_array_equal(comparison.neither, [5])
    assert_array_equal(comparison.both, [0, 1, 3, 4, 6, 9])


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_p_value_is_that_of_the_exact_binomial_test(only_first: int, only_second: int) -> None:
    if only_first + only_second:
        expected = binomtest(only_first, only_first + only_second).pvalue
        assert p_value(only_first, only_second) == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_the_p_value_of_networks_that_never_differ_is_1() -> None:
    assert p_value(0, 0) == 1
