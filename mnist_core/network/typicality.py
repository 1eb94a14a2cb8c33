"""Typicality: how much an image looks like a digit to a network (out-of-distribution detection).

The outlier score of an image is a weighted sum of two parts: the Mahalanobis distance of its hidden features to the
nearest class (Lee et al., 2018; of features with norm 1 as Mueller and Hein, 2025), and the negative largest logit
(Hendrycks et al., 2022). Both are scaled by their spread over known digits.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from mnist_core.config import HELD_OUT_DIGITS, TrainingConfig
from mnist_core.digits.mnist import Mnist, Split
from mnist_core.network.feature_extractor import FeatureExtractor, normalized_features

MAX_FIT_DIGITS = 20_000  # more digits give no measurable improvement
RANK = 512  # principal directions of the hidden space that are used, those with the largest variance
RIDGE = 0.01  # share of the mean variance that is added to each variance, as regularization
MEDIAN, HIGH_QUANTILE = 0.5, 0.99  # quantiles of the known digits, for scaling
EPSILON = 1e-8  # avoids division by 0 if all units of a network output 0
SCORE_WEIGHTS = np.array([1.0, 0.6])  # of distance and logit; chosen on non-digits that no evaluation uses


@dataclass(frozen=True)
class Typicality:
    """Statistics of the digits that a network was trained for.

    ``whitening``: float16 (D, R), projects hidden features so that the Mahalanobis distance becomes Euclidean.
    ``means``: float32 (10, R), the projected class means. ``scales``: float32 (2, 2), the two quantiles (rows) of the
    distance and the negative largest logit (columns). ``known``: float32 (N,), sorted outlier scores of known digits.
    """

    whitening: np.ndarray
    means: np.ndarray
    scales: np.ndarray
    known: np.ndarray

    @classmethod
    def learn(cls, extractor: FeatureExtractor, config: TrainingConfig, data: Mnist) -> Self:
        """Fit the statistics on MNIST's training digits.

        Known digits are those held out from training. If there are none, 6,000 training digits are used, although
        unseen digits score slightly higher. Distorted digits score so high that almost nothing would be rejected.
        """
        training, held_out = data.hold_out(config.held_out or HELD_OUT_DIGITS)
        return cls.fit(extractor, training.take(np.arange(MAX_FIT_DIGITS)), held_out.images)

    @classmethod
    def fit(cls, extractor: FeatureExtractor, training: Split, known: np.ndarray) -> Self:
        """Fit the class statistics on ``training``, and the distribution of outlier scores on ``known``.

        ``known``: uint8 (N, 28, 28).
        """
        features = normalized_features(extractor.extract(training.images)[0])
        means = np.stack([features[training.labels == digit].mean(axis=0) for digit in range(10)])
        whitening = _whitening(features - means[training.labels]).astype(np.float16)
        means = means @ whitening.astype(np.float32)
        parts = _parts(*extractor.extract(known), whitening=whitening, means=means)
        scales = np.quantile(parts, (MEDIAN, HIGH_QUANTILE), axis=0).astype(np.float32)
        return cls(whitening, means, scales, np.sort(_outlier_scores(parts, scales)))

    def p_values(self, hidden: list[np.ndarray], logits: np.ndarray) -> np.ndarray:
        """The share of known digits with at least the same outlier score: float32 (N,), above 0 and at most 1.

        It is a conformal p-value (Bates et al., 2023): rejecting below 0.01 rejects 1 % of real digits.
        ``hidden`` and ``logits``: the outputs of ``FeatureExtractor`` for N images.
        """
        parts = _parts(hidden, logits, whitening=self.whitening, means=self.means)
        less_typical = len(self.known) - np.searchsorted(self.known, _outlier_scores(parts, self.scales))
        shares: np.ndarray = (1 + less_typical) / (1 + len(self.known))
        return shares.astype(np.float32)


def _whitening(deviations: np.ndarray) -> np.ndarray:
    """The matrix (D, R) that projects ``deviations``, float32 (N, D), to R directions with variance 1."""
    covariance = deviations.T @ deviations / len(deviations)
    variances, axes = np.linalg.eigh(covariance)
    variances = np.maximum(variances, 0) + RIDGE * variances.mean() + EPSILON
    whitening: np.ndarray = axes / np.sqrt(variances)
    return whitening[:, -RANK:]


def _parts(hidden: list[np.ndarray], logits: np.ndarray, *, whitening: np.ndarray, means: np.ndarray) -> np.ndarray:
    """The squared distance to the nearest class, and the negative largest logit: float32 (N, 2)."""
    projected = normalized_features(hidden) @ whitening.astype(np.float32)
    squared_distances = (projected**2).sum(axis=1)[:, None] - 2 * projected @ means.T + (means**2).sum(axis=1)
    return np.column_stack([squared_distances.min(axis=1), -logits.max(axis=1)])


def _outlier_scores(parts: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """The weighted sum of ``parts``, (N, 2), scaled by the quantiles of known digits: float32 (N,)."""
    median, high = scales
    scores: np.ndarray = (parts - median) / np.maximum(high - median, EPSILON) @ SCORE_WEIGHTS
    return scores.astype(np.float32)
