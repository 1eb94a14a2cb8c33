import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from mnist_core.evaluation.gallery import Filter, found, table
from mnist_core.evaluation.scores import confusion_matrix
from tests.evaluation.test_scores import SAID, TRUE, answers, pairs


def kept(order: str = "surely-wrong", **wanted: object) -> list[int]:
    return found(SAID, TRUE, Filter(**wanted).keeps(SAID, TRUE), order=order).tolist()


def test_the_surest_errors_come_first_and_the_surest_right_answers_last() -> None:
    assert kept() == [2, 4, 1, 3, 0]


@pytest.mark.parametrize(
    ("wanted", "indices"),
    [
        ({"right": False}, [2, 4, 1]),
        ({"right": True}, [3, 0]),
        ({"true": 3}, [4, 1]),
        ({"predicted": 2}, [1]),
        ({"true": 7, "predicted": 1}, [2]),
        ({"true": 7, "predicted": 8}, []),
        ({"least": 0.7}, [2, 4, 0]),
        ({"most": 0.7}, [1, 3]),
        ({"least": 0.55, "most": 0.85, "right": False}, [4, 1]),
    ],
)
def test_filters_keep_what_fits_all_of_them(wanted: dict, indices: list[int]) -> None:
    assert kept(**wanted) == indices


@pytest.mark.parametrize(
    ("order", "indices"),
    [("unsure", [3, 1, 4, 0, 2]), ("loss", [2, 4, 1, 3, 0]), ("margin", [2, 0, 4, 1, 3]), ("index", [0, 1, 2, 3, 4])],
)
def test_digits_are_sorted_as_asked(order: str, indices: list[int]) -> None:
    assert kept(order) == indices


def test_equal_digits_stay_in_the_order_of_the_test_set() -> None:
    said = answers((1, 0.7), (2, 0.7), (1, 0.7))
    assert_array_equal(found(said, np.zeros(3, np.uint8), np.ones(3, bool), order="surely-wrong"), [0, 1, 2])


@given(pairs, st.integers(0, 9), st.integers(0, 9))
def test_a_cell_of_the_confusion_matrix_counts_what_its_filter_keeps(
    drawn: list[tuple[int, int]], true: int, predicted: int
) -> None:
    labels, predictions = np.array(drawn).T
    keeps = Filter(true=true, predicted=predicted).keeps(np.eye(10)[predictions], labels)
    assert keeps.sum() == confusion_matrix(predictions, labels)[true, predicted]


def test_the_table_has_a_row_for_each_digit_with_its_ten_probabilities() -> None:
    rows = table(np.array([4, 1]), SAID, TRUE)
    assert rows[["index", "true", "predicted"]].to_numpy().tolist() == [[4, 3, 4], [1, 3, 2]]
    assert_array_equal(rows[[f"p{digit}" for digit in range(10)]].to_numpy(), SAID[[4, 1]])
