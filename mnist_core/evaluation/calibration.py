"""Calibration of a network's confidence: reliability, temperature scaling, selective prediction."""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from mnist_core.evaluation.scores import cross_entropy

BINS = 15  # as in Guo et al. (2017)
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.05, 20.0  # range of the search
SMALLEST_FLOAT32 = np.finfo(np.float32).tiny


@dataclass(frozen=True)
class Reliability:
    """Predictions in ``BINS`` bins of equal width by their confidence; bin n is (n / BINS, (n + 1) / BINS].

    ``count``: int64 (BINS,). ``confidence``: mean confidence of a bin's predictions, ``accuracy``: their accuracy, both
    float64 (BINS,), 0 in empty bins. Confidence is the predicted class' probability.
    """

    count: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error, 0 to 1: the bins' mean gap, weighted by count (Naeini et al., 2015)."""
        return float((self.count * np.abs(self.accuracy - self.confidence)).sum() / self.count.sum())


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> Reliability:
    """The reliability of ``probabilities``, float (N, 10), for ``labels``, uint8 (N,)."""
    confidences, right = probabilities.max(axis=1).astype(np.float64), probabilities.argmax(axis=1) == labels
    bins = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], confidences)
    count = np.bincount(bins, minlength=BINS)
    sums = (np.bincount(bins, values, minlength=BINS) for values in (confidences, right))
    confidence, accuracy = (np.divide(each, count, out=np.zeros(BINS), where=count > 0) for each in sums)
    return Reliability(count, confidence, accuracy)


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """The softmax of the logits divided by ``temperature``: shape and dtype as ``probabilities``, float (N, 10).

    Predicted classes do not change. Temperatures above 1 lower the confidence, below 1 raise it.
    """
    logits = np.log(np.maximum(probabilities, SMALLEST_FLOAT32)) / temperature
    softened: np.ndarray = softmax(logits, axis=1)
    return softened.astype(probabilities.dtype)


def fitted_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the lowest cross-entropy (Guo et al., 2017).

    ``probabilities``: float (N, 10). ``labels``: uint8 (N,).
    """
    from scipy.optimize import minimize_scalar  # imported here because it takes half a second

    def loss(logarithm: float) -> float:
        return cross_entropy(tempered(probabilities, np.exp(logarithm)), labels)

    low, high = np.log((MIN_TEMPERATURE, MAX_TEMPERATURE))
    return float(np.exp(minimize_scalar(loss, bounds=(low, high), method="bounded").x))


def cross_tempered(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """Apply temperatures to ``probabilities`` by two-fold cross-fitting, for a network without held-out digits.

    The temperature for odd indices is fitted on the even ones, and vice versa. Returns the new probabilities, of the
    same shape and dtype, and the temperatures fitted on the even and on the odd indices.
    """
    even = np.arange(len(labels)) % 2 == 0
    of_even, of_odd = (fitted_temperature(probabilities[half], labels[half]) for half in (even, ~even))
    calibrated = np.empty_like(probabilities)
    calibrated[~even] = tempered(probabilities[~even], of_even)
    calibrated[even] = tempered(probabilities[even], of_odd)
    return calibrated, (of_even, of_odd)


@dataclass(frozen=True)
class Selective:
    """Selective prediction: predictions below a threshold are rejected (El-Yaniv and Wiener, 2010); float64 (T,) each.

    ``thresholds``: of the confidence. ``answered``: the coverage, the share of digits that are not rejected, 0 to 1.
    ``accuracy``: the accuracy on these, 0 to 1; NaN where all are rejected.
    """

    thresholds: np.ndarray
    answered: np.ndarray
    accuracy: np.ndarray


def selective(probabilities: np.ndarray, labels: np.ndarray, thresholds: np.ndarray) -> Selective:
    """Coverage and accuracy at ``thresholds``, float (T,). ``probabilities``: float (N, 10). ``labels``: uint8 (N,)."""
    confidences, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    order = np.argsort(-confidences, kind="stable")
    answered = np.searchsorted(-confidences[order], -np.asarray(thresholds, confidences.dtype), side="right")
    correct_counts = np.concatenate([[0], np.cumsum(right[order])])[answered]
    accuracy = np.divide(correct_counts, answered, out=np.full(len(answered), np.nan), where=answered > 0)
    return Selective(np.asarray(thresholds, float), answered / len(labels), accuracy)
