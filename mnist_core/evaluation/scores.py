"""Loss, accuracy and confusion matrix of a network's predictions."""

from dataclasses import dataclass

import numpy as np

from mnist_core.config import CLASSES


@dataclass(frozen=True)
class Scores:
    """Scores of a network on labelled digits. The loss is the mean cross-entropy in nats."""

    test_loss: float
    test_accuracy: float
    correct: int
    incorrect: int


def scores(probabilities: np.ndarray, labels: np.ndarray) -> Scores:
    """The scores of ``probabilities``, float (N, 10) with rows summing to 1, for ``labels``, uint8 (N,)."""
    correct = int(np.count_nonzero(probabilities.argmax(axis=1) == labels))
    return Scores(
        test_loss=cross_entropy(probabilities, labels),
        test_accuracy=correct / len(labels),
        correct=correct,
        incorrect=len(labels) - correct,
    )


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The mean of ``losses``, in nats."""
    return float(losses(probabilities, labels).mean())


def losses(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """-ln p(label) of each digit, in nats: float64 (N,); probabilities are at least the smallest float32.

    ``probabilities``: float (N, 10). ``labels``: uint8 (N,).
    """
    of_label = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    negative_logs: np.ndarray = -np.log(np.maximum(of_label, np.finfo(np.float32).tiny))
    return negative_logs


def confusion_matrix(predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The number of digits of each true class (row) predicted as each class (column): int64 (10, 10).

    ``predicted``, ``labels``: integers (N,), 0 to 9.
    """
    cells = labels.astype(np.int64) * CLASSES + predicted
    return np.bincount(cells, minlength=CLASSES**2).reshape(CLASSES, CLASSES)


@dataclass(frozen=True)
class MixUp:
    """The number of digits of one class that were predicted as a certain other class."""

    true: int
    predicted: int
    count: int


def most_frequent_mix_ups(counts: np.ndarray, *, at_most: int = 3) -> list[MixUp]:
    """The largest cells off the diagonal of ``counts``, int (10, 10) from ``confusion_matrix``, largest first.

    Zero cells are omitted, so the list may be empty.
    """
    errors = np.where(np.eye(CLASSES, dtype=bool), 0, counts)
    order = np.argsort(-errors, axis=None, kind="stable")[:at_most]
    cells = zip(*np.unravel_index(order, errors.shape), strict=True)
    mix_ups = [MixUp(int(true), int(predicted), int(errors[true, predicted])) for true, predicted in cells]
    return [mix_up for mix_up in mix_ups if mix_up.count]
