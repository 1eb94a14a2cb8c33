import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.evaluation.relabelled import FEWEST_VOTES, LEFT_OUT, rescored, voted_labels
from mnist_core.evaluation.scores import scores

READ = np.array([7, 2, 1, 9, 4])
PROBABILITIES = (np.eye(10)[READ] * 0.9 + 0.01).astype(np.float32)
LABELS = np.array([7, 2, 1, 8, 5], np.uint8)  # the last two are wrong
DOUBTED = np.array([3, 1])


def count(*votes: int) -> np.ndarray:
    """The row of counts that these votes make; 10 is "cannot tell"."""
    return np.bincount(votes, minlength=11)


@pytest.mark.parametrize(
    ("votes", "label"),
    [
        ([], 8),
        ([9, 9], 8),
        ([9, 9, 9], 9),
        ([8, 8, 9], 8),
        ([9, 9, 8, 8], LEFT_OUT),
        ([9, 8, 4], LEFT_OUT),
        ([9, 9, 10, 10], LEFT_OUT),
        ([9, 10, 10], LEFT_OUT),
        ([9, 9, 10], 9),
    ],
)
def test_a_label_is_what_more_than_half_read(votes, label) -> None:
    assert FEWEST_VOTES == 3
    assert_array_equal(voted_labels(count(*votes)[None], np.array([8], np.uint8)), [label])


def test_a_run_is_scored_as_published_without_and_as_voted() -> None:
    result = rescored(PROBABILITIES, LABELS, DOUBTED, np.array([9, LEFT_OUT]))
    assert result.published == scores(PROBABILITIES, LABELS)
    assert (result.published.correct, result.published.incorrect) == (3, 2)
    assert (result.without.correct, result.without.incorrect) == (2, 1)
    assert (result.voted.correct, result.voted.incorrect) == (3, 1)
    assert result.voted.test_accuracy == 0.75
    assert result.voted.test_loss < result.published.test_loss


def test_votes_too_few_change_no_score() -> None:
    counts = np.stack([count(9, 9), count()])
    result = rescored(PROBABILITIES, LABELS, DOUBTED, voted_labels(counts, LABELS[DOUBTED]))
    assert result.voted == result.published


def test_labels_that_all_could_not_tell_are_left_out_as_all_doubted_are() -> None:
    result = rescored(PROBABILITIES, LABELS, DOUBTED, voted_labels(np.stack([count(10, 10, 10)] * 2), LABELS[DOUBTED]))
    assert result.voted == result.without


def test_the_published_labels_stay_as_they_are() -> None:
    before = LABELS.copy()
    rescored(PROBABILITIES, LABELS, DOUBTED, np.array([0, 0]))
    assert_array_equal(LABELS, before)
