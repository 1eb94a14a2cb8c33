"""Which training digits a network finds most like a picture: nearest in what its last hidden layer passes on."""

import numpy as np

from mnist_core.network.feature_extractor import FeatureExtractor, normalized_features
from mnist_core.network.model import BATCH

CHUNK = 4000  # digits compared at once: what float16 is turned into must stay small


class NearestDigits:
    """The training digits as a network sees them: 2 bytes a unit and digit, 60 MB for 512 units."""

    def __init__(self, extractor: FeatureExtractor, digits: np.ndarray) -> None:
        """Passes all ``digits``, uint8 (N, 28, 28), through the network: a second or two for 60,000."""
        self._extractor = extractor
        steps = range(0, len(digits), BATCH)
        self._features = np.concatenate([self._seen(digits[at : at + BATCH]).astype(np.float16) for at in steps])

    def of(self, digit: np.ndarray, *, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The ``count`` nearest to ``digit``, uint8 (28, 28), the nearest first.

        Returns their indices, int64 (count,), and the cosines of the angles to them, float32 (count,), 1 for the same.
        """
        seen = self._seen(digit[None])[0]
        steps = range(0, len(self._features), CHUNK)
        cosines = np.concatenate([self._features[start : start + CHUNK].astype(np.float32) @ seen for start in steps])
        nearest = np.argpartition(-cosines, count)[:count]
        nearest = nearest[np.argsort(-cosines[nearest], kind="stable")]
        return nearest, np.minimum(cosines[nearest], 1)

    def _seen(self, digits: np.ndarray) -> np.ndarray:
        return normalized_features(self._extractor(digits)[0][-1:])
