"""Whether a network is as often right as it is sure, and what dividing its logits by a temperature changes."""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from mnist_core.evaluation.scores import cross_entropy

BINS = 15  # as many as Guo et al. (2017) take
COLDEST, HOTTEST = 0.05, 20.0  # temperatures that are looked at
TINY = np.finfo(np.float32).tiny


@dataclass(frozen=True)
class Reliability:
    """Answers in ``BINS`` bins of equal width by their probability; bin n holds those in (n / BINS, (n + 1) / BINS].

    ``count``: int64 (BINS,). ``confidence``: the mean probability of a bin's answers, ``accuracy``: the share of them
    that are right, both float64 (BINS,), 0 where there are none.
    """

    count: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error, 0 to 1: the mean gap of the bins, each by its count (Naeini et al., 2015)."""
        return float((self.count * np.abs(self.accuracy - self.confidence)).sum() / self.count.sum())


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> Reliability:
    """Of ``probabilities``, float (N, 10), for ``labels``, uint8 (N,)."""
    sure, right = probabilities.max(axis=1).astype(np.float64), probabilities.argmax(axis=1) == labels
    places = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], sure)
    count = np.bincount(places, minlength=BINS)
    sums = (np.bincount(places, values, minlength=BINS) for values in (sure, right))
    confidence, accuracy = (np.divide(each, count, out=np.zeros(BINS), where=count > 0) for each in sums)
    return Reliability(count, confidence, accuracy)


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """The softmax of the logits divided by ``temperature``: the shape and type of ``probabilities``, float (N, 10).

    No answer changes. Above 1 they become less sure, below 1 surer.
    """
    logits = np.log(np.maximum(probabilities, TINY)) / temperature
    return softmax(logits, axis=1).astype(probabilities.dtype)


def fitted_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the least cross-entropy (Guo et al., 2017).

    ``probabilities``: float (N, 10). ``labels``: uint8 (N,).
    """
    from scipy.optimize import minimize_scalar  # half a second that who fits nothing need not wait

    def loss(logarithm: float) -> float:
        return cross_entropy(tempered(probabilities, np.exp(logarithm)), labels)

    return float(np.exp(minimize_scalar(loss, bounds=np.log((COLDEST, HOTTEST)), method="bounded").x))


def cross_tempered(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """``probabilities`` as temperatures make them that were not fitted on the digits that they are applied to.

    One is fitted on the digits with even indices and applied to the others, one the other way round: the fair way
    where a network has seen all other digits. Returns them, of the same shape and type, and the two temperatures.
    """
    even = np.arange(len(labels)) % 2 == 0
    made = np.empty_like(probabilities)
    temperatures = []
    for half in (even, ~even):
        temperatures.append(fitted_temperature(probabilities[half], labels[half]))
        made[~half] = tempered(probabilities[~half], temperatures[-1])
    return made, tuple(temperatures)


@dataclass(frozen=True)
class Selective:
    """What is left when a network keeps silent below a threshold (El-Yaniv and Wiener, 2010): float64 (T,) each.

    ``thresholds``: of the answer's probability. ``answered``: the share of all digits, 0 to 1. ``accuracy``: the share
    of these that is right, 0 to 1; NaN where none is answered.
    """

    thresholds: np.ndarray
    answered: np.ndarray
    accuracy: np.ndarray


def selective(probabilities: np.ndarray, labels: np.ndarray, thresholds: np.ndarray) -> Selective:
    """At each of ``thresholds``, float (T,). ``probabilities``: float (N, 10). ``labels``: uint8 (N,)."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    order = np.argsort(-sure, kind="stable")
    answered = np.searchsorted(-sure[order], -np.asarray(thresholds, sure.dtype), side="right")
    rights = np.concatenate([[0], np.cumsum(right[order])])[answered]
    accuracy = np.divide(rights, answered, out=np.full(len(answered), np.nan), where=answered > 0)
    return Selective(np.asarray(thresholds, float), answered / len(labels), accuracy)
