import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.evaluation.relabelled import EXCLUDED, MIN_VOTES, rescored, voted_labels
from mnist_core.evaluation.scores import scores

PREDICTED = np.array([7, 2, 1, 9, 4])
PROBABILITIES = (np.eye(10)[PREDICTED] * 0.9 + 0.01).astype(np.float32)
LABELS = np.array([7, 2, 1, 8, 5], np.uint8)  # the last two are wrong
INDICES = np.array([3, 1])  # of the digits whose labels are disputed


def count(*votes: int) -> np.ndarray:
    """How often each label 0 to 9, and 10 for "cannot tell", occurs in ``votes``: int (11,)."""
    return np.bincount(votes, minlength=11)


@pytest.mark.parametrize(
    ("votes", "label"),
    [
        ([], 8),
        ([9, 9], 8),
        ([9, 9, 9], 9),
        ([8, 8, 9], 8),
        ([9, 9, 8, 8], EXCLUDED),
        ([9, 8, 4], EXCLUDED),
        ([9, 9, 10, 10], EXCLUDED),
        ([9, 10, 10], EXCLUDED),
        ([9, 9, 10], 9),
    ],
)
def test_the_voted_label_needs_three_votes_and_a_majority(votes, label) -> None:
    assert MIN_VOTES == 3
    assert_array_equal(voted_labels(count(*votes)[None], np.array([8], np.uint8)), [label])


def test_rescored_gives_published_scores_those_without_disputed_digits_and_voted_scores() -> None:
    result = rescored(PROBABILITIES, LABELS, INDICES, np.array([9, EXCLUDED]))
    assert result.published == scores(PROBABILITIES, LABELS)
    assert (result.published.correct, result.published.incorrect) == (3, 2)
    assert (result.without.correct, result.without.incorrect) == (2, 1)
    assert (result.voted.correct, result.voted.incorrect) == (3, 1)
    assert result.voted.test_accuracy == 0.75
    assert result.voted.test_loss < result.published.test_loss


def test_fewer_than_three_votes_do_not_change_the_scores() -> None:
    counts = np.stack([count(9, 9), count()])
    result = rescored(PROBABILITIES, LABELS, INDICES, voted_labels(counts, LABELS[INDICES]))
    assert result.voted == result.published


def test_digits_that_no_voter_can_tell_are_left_out() -> None:
    result = rescored(PROBABILITIES, LABELS, INDICES, voted_labels(np.stack([count(10, 10, 10)] * 2), LABELS[INDICES]))
    assert result.voted == result.without


def test_rescored_does_not_change_the_published_labels() -> None:
    before = LABELS.copy()
    rescored(PROBABILITIES, LABELS, INDICES, np.array([0, 0]))
    assert_array_equal(LABELS, before)
