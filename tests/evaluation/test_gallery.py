import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from mnist_core.evaluation.gallery import Filter, sorted_indices, table
from mnist_core.evaluation.scores import confusion_matrix
from tests.evaluation.test_scores import LABELS, PROBABILITIES, pairs, probability_rows


def filtered(order: str = "surely-wrong", **criteria: object) -> list[int]:
    return sorted_indices(PROBABILITIES, LABELS, Filter(**criteria).mask(PROBABILITIES, LABELS), order=order).tolist()


def test_the_most_confident_errors_come_first_and_confident_correct_predictions_last() -> None:
    assert filtered() == [2, 4, 1, 3, 0]


@pytest.mark.parametrize(
    ("criteria", "indices"),
    [
        ({"right": False}, [2, 4, 1]),
        ({"right": True}, [3, 0]),
        ({"true": 3}, [4, 1]),
        ({"predicted": 2}, [1]),
        ({"true": 7, "predicted": 1}, [2]),
        ({"true": 7, "predicted": 8}, []),
        ({"min_confidence": 0.7}, [2, 4, 0]),
        ({"max_confidence": 0.7}, [1, 3]),
        ({"min_confidence": 0.55, "max_confidence": 0.85, "right": False}, [4, 1]),
    ],
)
def test_a_filter_keeps_digits_that_match_all_its_criteria(criteria: dict, indices: list[int]) -> None:
    assert filtered(**criteria) == indices


@pytest.mark.parametrize(
    ("order", "indices"),
    [("unsure", [3, 1, 4, 0, 2]), ("loss", [2, 4, 1, 3, 0]), ("margin", [2, 0, 4, 1, 3]), ("index", [0, 1, 2, 3, 4])],
)
def test_digits_are_sorted_in_the_requested_order(order: str, indices: list[int]) -> None:
    assert filtered(order) == indices


def test_digits_with_equal_sort_keys_stay_in_test_set_order() -> None:
    rows = probability_rows((1, 0.7), (2, 0.7), (1, 0.7))
    assert_array_equal(sorted_indices(rows, np.zeros(3, np.uint8), np.ones(3, bool), order="surely-wrong"), [0, 1, 2])


@given(pairs, st.integers(0, 9), st.integers(0, 9))
def test_a_cell_of_the_confusion_matrix_counts_the_digits_of_its_filter(
    drawn: list[tuple[int, int]], true: int, predicted: int
) -> None:
    labels, predictions = np.array(drawn).T
    keeps = Filter(true=true, predicted=predicted).mask(np.eye(10)[predictions], labels)
    assert keeps.sum() == confusion_matrix(predictions, labels)[true, predicted]


def test_the_table_has_a_row_for_each_digit_with_its_ten_probabilities() -> None:
    frame = table(np.array([4, 1]), PROBABILITIES, LABELS)
    assert frame[["index", "true", "predicted"]].to_numpy().tolist() == [[4, 3, 4], [1, 3, 2]]
    assert_array_equal(frame[[f"p{digit}" for digit in range(10)]].to_numpy(), PROBABILITIES[[4, 1]])
