"""How much a picture looks like a digit to a network; what looks like none is told, whatever the softmax says.

A digit is strange when its hidden activity is far from that of every class, in the distance of Mahalanobis (Lee et al.,
2018; on outputs of length one as Mueller and Hein, 2025), and when no logit stands out (Hendrycks et al., 2022). Both
are measured in the spread that known digits have, and added.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from mnist_core.config import HELD_OUT, TrainingConfig
from mnist_core.digits.mnist import Mnist, Split
from mnist_core.network.feature_extractor import FeatureExtractor, normalized_features

FITTED_ON = 20_000  # training digits; more change nothing that could be measured
RANK = 512  # directions of hidden space that are looked at, those in which digits vary most
RIDGE = 0.01  # of the mean variance, added to each: directions that hardly vary are not to be trusted
USUAL, RARE = 0.5, 0.99  # quantiles that tell the spread of known digits
TINY = 1e-8  # keeps a network whose units have all died from dividing by 0
WEIGHTS = np.array([1.0, 0.6])  # of distance and largest logit; chosen on non-digits that no score is measured on


@dataclass(frozen=True)
class Typicality:
    """What is known of the digits that a network was trained for.

    ``whitening``: float16 (D, R), takes hidden activity to where Mahalanobis' distance is Euclid's. ``means``: float32
    (10, R), the classes' means there. ``scales``: float32 (2, 2), what is usual and what is rare, of distance and of
    the largest logit, negative. ``known``: float32 (N,), the strangeness of known digits, ascending.
    """

    whitening: np.ndarray
    means: np.ndarray
    scales: np.ndarray
    known: np.ndarray

    @classmethod
    def learn(cls, extractor: FeatureExtractor, config: TrainingConfig, data: Mnist) -> Self:
        """From the digits that the network was trained for.

        Known digits are those held out from its training; where none were, 6,000 that it was trained on, though
        digits new to it look a little stranger. Distorted ones look so strange that hardly anything would be refused.
        """
        training, held_out = data.hold_out(config.held_out or HELD_OUT)
        return cls.fit(extractor, training.take(np.arange(FITTED_ON)), held_out.images)

    @classmethod
    def fit(cls, extractor: FeatureExtractor, training: Split, known: np.ndarray) -> Self:
        """Learn from ``training`` what the classes look like to the network, and from ``known`` how far digits stray.

        ``known``: uint8 (N, 28, 28).
        """
        features = normalized_features(extractor.extract(training.images)[0])
        means = np.stack([features[training.labels == digit].mean(axis=0) for digit in range(10)])
        whitening = _whitening(features - means[training.labels]).astype(np.float16)
        means = means @ whitening.astype(np.float32)
        parts = _parts(*extractor.extract(known), whitening=whitening, means=means)
        scales = np.quantile(parts, (USUAL, RARE), axis=0).astype(np.float32)
        return cls(whitening, means, scales, np.sort(_strangeness(parts, scales)))

    def of(self, hidden: list[np.ndarray], logits: np.ndarray) -> np.ndarray:
        """How many known digits look at least as strange, as a share of all: float32 (N,), above 0 and at most 1.

        So where a share below 0.01 is refused, 1 % of digits are (a conformal p-value; Bates et al., 2023).
        ``hidden`` and ``logits``: what ``FeatureExtractor`` tells of N pictures.
        """
        parts = _parts(hidden, logits, whitening=self.whitening, means=self.means)
        stranger = len(self.known) - np.searchsorted(self.known, _strangeness(parts, self.scales))
        return ((1 + stranger) / (1 + len(self.known))).astype(np.float32)


def _whitening(deviations: np.ndarray) -> np.ndarray:
    """What makes ``deviations``, float32 (N, D), vary alike in all of the R directions that are kept: (D, R)."""
    covariance = deviations.T @ deviations / len(deviations)
    variances, axes = np.linalg.eigh(covariance)
    variances = np.maximum(variances, 0) + RIDGE * variances.mean() + TINY
    return (axes / np.sqrt(variances))[:, -RANK:]


def _parts(hidden: list[np.ndarray], logits: np.ndarray, *, whitening: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Squared distance to the nearest class, and the largest logit, negative: float32 (N, 2)."""
    places = normalized_features(hidden) @ whitening.astype(np.float32)
    squares = (places**2).sum(axis=1)[:, None] - 2 * places @ means.T + (means**2).sum(axis=1)
    return np.column_stack([squares.min(axis=1), -logits.max(axis=1)])


def _strangeness(parts: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """``parts``, (N, 2), in the spread of known digits, added: float32 (N,)."""
    usual, rare = scales
    return ((parts - usual) / np.maximum(rare - usual, TINY) @ WEIGHTS).astype(np.float32)
