"""What a run's scores become when some labels are doubted: left out, or replaced by what people voted for."""

from dataclasses import dataclass

import numpy as np

from mnist_core.evaluation.scores import CLASSES, Scores, scores

FEWEST_VOTES = 3  # on a digit, before they say more than its label
LEFT_OUT = -1  # in place of a label


@dataclass(frozen=True)
class Rescored:
    """The scores by the published labels, without the doubted digits, and by the labels that people voted for."""

    published: Scores
    without: Scores
    voted: Scores


def rescored(probabilities: np.ndarray, labels: np.ndarray, doubted: np.ndarray, voted: np.ndarray) -> Rescored:
    """The scores of ``probabilities``, float (N, 10) with rows summing to 1, for ``labels``, uint8 (N,), and changed.

    ``doubted``: indices, integers (M,), at least one digit fewer than there are. ``voted``: integers (M,), their
    labels as ``voted_labels`` gives them.
    """
    changed = labels.astype(np.int64)
    changed[doubted] = voted
    kept = changed != LEFT_OUT
    without = np.delete(np.arange(len(labels)), doubted)
    return Rescored(
        published=scores(probabilities, labels),
        without=scores(probabilities[without], labels[without]),
        voted=scores(probabilities[kept], changed[kept]),
    )


def voted_labels(counts: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The labels that people voted for, int64 (M,), 0 to 9 or LEFT_OUT.

    What more than half read becomes the label; where there is no such digit, it is left out. With fewer than
    FEWEST_VOTES it keeps its label of ``labels``, integers (M,). ``counts``: int (M, 11), how many read each digit, the
    last column how many could not tell.
    """
    votes = counts.sum(axis=1)
    digits = counts[:, :CLASSES]
    decided = 2 * digits.max(axis=1) > votes
    voted = np.where(decided, digits.argmax(axis=1), LEFT_OUT)
    return np.where(votes < FEWEST_VOTES, labels, voted)
