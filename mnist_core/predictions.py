"""What a network says about images: predictions, explanations and nearest training digits, as plain arrays."""

from dataclasses import dataclass

import numpy as np

REJECTION_THRESHOLD = 0.01  # of the typicality: what is less typical than 99 % of known digits is rejected


@dataclass(frozen=True)
class Prediction:
    """What a network predicts for N images.

    ``probabilities``: float32 (N, 10), rows sum to 1. ``typicality``: float32 (N,), the share of known digits that are
    at most as typical as the image, above 0 and at most 1; None where the run has no typicality statistics.
    """

    probabilities: np.ndarray
    typicality: np.ndarray | None

    @property
    def rejected(self) -> np.ndarray:
        """Which images are rejected as no digits, bool (N,): none where the typicality is not known."""
        if self.typicality is None:
            return np.zeros(len(self.probabilities), bool)
        return self.typicality < REJECTION_THRESHOLD

    @property
    def rejection_rate(self) -> float | None:
        """The share of the images that is rejected, None where the typicality is not known."""
        return None if self.typicality is None else float(self.rejected.mean())


@dataclass(frozen=True)
class Explanation:
    """Why a network predicts what it does for one image.

    ``activity``: float32 (units,), of each hidden layer. ``present``: float32 (28, 28), what each pixel's ink adds to
    the margin of the answer over the runner-up. ``missing``: float32 (28, 28), by how much ink there would lower it,
    from 0. ``epochs``: the probabilities, float32 (10,), that the network gave after some epochs of its training, where
    they were asked for.
    """

    answer: int
    runner_up: int
    activity: list[np.ndarray]
    present: np.ndarray
    missing: np.ndarray
    epochs: dict[int, np.ndarray]


@dataclass(frozen=True)
class Nearest:
    """The training digits that are most similar to an image in a network's hidden space, the nearest first.

    ``indices``: int64 (N,). ``cosines``: float32 (N,), the cosine similarity of the hidden features, 1 at most.
    """

    indices: np.ndarray
    cosines: np.ndarray
