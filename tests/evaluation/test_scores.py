import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from mnist_core.evaluation.scores import (
    MixUp,
    confusion_matrix,
    cross_entropy,
    most_frequent_mix_ups,
    scores,
)

pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60)


def answers(*chosen: tuple[int, float]) -> np.ndarray:
    """One row for each (digit, probability); the rest is spread over the other nine digits."""
    rows = np.array([[(1 - sure) / 9] * 10 for _, sure in chosen], np.float32)
    for row, (digit, sure) in zip(rows, chosen, strict=True):
        row[digit] = sure
    return rows


SAID = answers((7, 0.9), (2, 0.6), (1, 0.99), (0, 0.5), (4, 0.8))
TRUE = np.array([7, 3, 7, 0, 3], np.uint8)


def test_scores_count_right_and_wrong() -> None:
    result = scores(SAID, TRUE)
    assert (result.correct, result.incorrect, result.test_accuracy) == (2, 3, 0.4)


def test_the_loss_is_the_mean_negative_logarithm_of_the_true_digits_probability() -> None:
    assert cross_entropy(answers((5, 0.5), (6, 0.25)), np.array([5, 6])) == pytest.approx(1.5 * np.log(2))


def test_a_probability_of_zero_keeps_the_loss_finite() -> None:
    assert np.isfinite(cross_entropy(np.eye(10, dtype=np.float32)[[3]], np.array([4])))


def test_rows_of_the_confusion_matrix_are_true_digits_and_columns_are_predictions() -> None:
    counts = confusion_matrix(np.array([2, 2, 5]), np.array([3, 3, 5], np.uint8))
    assert counts[3, 2] == 2
    assert counts[5, 5] == 1
    assert counts.sum() == 3


@given(pairs)
def test_the_confusion_matrix_counts_every_digit_once(drawn: list[tuple[int, int]]) -> None:
    labels, predicted = np.array(drawn).T
    counts = confusion_matrix(predicted, labels)
    assert counts.shape == (10, 10)
    assert_array_equal(counts.sum(axis=1), np.bincount(labels, minlength=10))
    assert_array_equal(counts.sum(axis=0), np.bincount(predicted, minlength=10))


def test_the_most_frequent_mix_ups_come_largest_first_and_leave_the_diagonal_out() -> None:
    counts = confusion_matrix(np.array([4] * 5 + [9] * 3 + [1]), np.array([4] * 5 + [4] * 3 + [7]))
    assert most_frequent_mix_ups(counts) == [MixUp(4, 9, 3), MixUp(7, 1, 1)]


def test_a_faultless_network_has_no_mix_ups() -> None:
    assert most_frequent_mix_ups(np.diag(np.full(10, 1000))) == []
