import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.figures.matrix_tints import MAX_ERROR_OPACITY, RIGHT_OPACITY, matrix_tints

DIAGONAL = np.eye(10, dtype=bool)
COUNTS = np.diag(np.full(10, 1000))
COUNTS[4, 9], COUNTS[7, 2], COUNTS[3, 3] = 16, 4, 0


def test_the_diagonal_is_right_and_has_one_tint_whatever_its_counts() -> None:
    tints = matrix_tints(COUNTS)
    assert_array_equal(tints.right, DIAGONAL)
    assert_allclose(tints.opacity[DIAGONAL], RIGHT_OPACITY)


def test_an_error_is_tinted_by_the_square_root_of_its_count() -> None:
    opacity = matrix_tints(COUNTS).opacity
    assert opacity[4, 9] == MAX_ERROR_OPACITY
    assert opacity[7, 2] == pytest.approx(MAX_ERROR_OPACITY / 2)
    assert np.count_nonzero(opacity[~DIAGONAL]) == 2


def test_shares_of_small_numbers_are_tinted_as_their_counts() -> None:
    assert_allclose(matrix_tints(COUNTS / 1e6).opacity, matrix_tints(COUNTS).opacity)


@pytest.mark.parametrize("counts", [np.zeros((10, 10), int), np.diag(np.arange(10))])
def test_a_matrix_without_errors_has_no_tints_off_the_diagonal(counts: np.ndarray) -> None:
    assert not matrix_tints(counts).opacity[~DIAGONAL].any()


@given(st.lists(st.integers(0, 60_000), min_size=100, max_size=100))
def test_all_opacities_are_between_0_and_the_largest_of_an_error(counts: list[int]) -> None:
    opacity = matrix_tints(np.reshape(counts, (10, 10))).opacity
    assert opacity.min() >= 0
    assert opacity.max() <= MAX_ERROR_OPACITY
