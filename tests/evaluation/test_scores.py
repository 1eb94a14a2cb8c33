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


def probability_rows(*predictions: tuple[int, float]) -> np.ndarray:
    """One row for each (digit, probability); the other nine digits share the rest equally: float32 (N, 10)."""
    rows = np.array([[(1 - probability) / 9] * 10 for _, probability in predictions], np.float32)
    for row, (digit, probability) in zip(rows, predictions, strict=True):
        row[digit] = probability
    return rows


PROBABILITIES = probability_rows((7, 0.9), (2, 0.6), (1, 0.99), (0, 0.5), (4, 0.8))
LABELS = np.array([7, 3, 7, 0, 3], np.uint8)


def test_scores_count_correct_and_incorrect_predictions() -> None:
    result = scores(PROBABILITIES, LABELS)
    assert (result.correct, result.incorrect, result.test_accuracy) == (2, 3, 0.4)


def test_cross_entropy_is_the_mean_negative_log_probability_of_the_label() -> None:
    assert cross_entropy(probability_rows((5, 0.5), (6, 0.25)), np.array([5, 6])) == pytest.approx(1.5 * np.log(2))


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


def test_mix_ups_are_sorted_by_count_without_the_diagonal() -> None:
    counts = confusion_matrix(np.array([4] * 5 + [9] * 3 + [1]), np.array([4] * 5 + [4] * 3 + [7]))
    assert most_frequent_mix_ups(counts) == [MixUp(4, 9, 3), MixUp(7, 1, 1)]


def test_a_diagonal_confusion_matrix_has_no_mix_ups() -> None:
    assert most_frequent_mix_ups(np.diag(np.full(10, 1000))) == []
