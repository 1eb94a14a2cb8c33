"""Scores of a run without the digits whose labels are disputed, and with labels that people voted for."""

from dataclasses import dataclass

import numpy as np

from mnist_core.config import CLASSES
from mnist_core.evaluation.scores import Scores, scores

MIN_VOTES = 3  # on a digit; with fewer votes its published label is used
EXCLUDED = -1  # instead of a label: the digit is not scored


@dataclass(frozen=True)
class Rescored:
    """The scores with the published labels, without the disputed digits, and with the voted labels."""

    published: Scores
    without: Scores
    voted: Scores


def rescored(probabilities: np.ndarray, labels: np.ndarray, doubted: np.ndarray, voted: np.ndarray) -> Rescored:
    """Score ``probabilities``, float (N, 10) with rows summing to 1, with published and with changed labels.

    ``labels``: uint8 (N,). ``doubted``: indices of disputed digits, integers (M,), M < N. ``voted``: integers (M,),
    their labels from ``voted_labels``.
    """
    relabelled = labels.astype(np.int64)
    relabelled[doubted] = voted
    is_included = relabelled != EXCLUDED
    without = np.delete(np.arange(len(labels)), doubted)
    return Rescored(
        published=scores(probabilities, labels),
        without=scores(probabilities[without], labels[without]),
        voted=scores(probabilities[is_included], relabelled[is_included]),
    )


def voted_labels(counts: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The labels that people voted for, int64 (M,), 0 to 9 or EXCLUDED.

    ``counts``: int (M, 11), the votes for each digit, and in the last column for "cannot tell". A digit with more than
    half of the votes becomes the label; without such a majority the image is EXCLUDED. With fewer than MIN_VOTES votes
    it keeps its label of ``labels``, integers (M,).
    """
    votes = counts.sum(axis=1)
    digits = counts[:, :CLASSES]
    decided = 2 * digits.max(axis=1) > votes
    voted = np.where(decided, digits.argmax(axis=1), EXCLUDED)
    return np.where(votes < MIN_VOTES, labels, voted)
