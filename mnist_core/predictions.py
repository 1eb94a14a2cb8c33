"""The results of a network for images: predictions, explanations and nearest training digits, as plain arrays."""

from dataclasses import dataclass

import numpy as np

REJECTION_THRESHOLD = 0.01  # of the typicality: images less typical than 99 % of known digits are rejected


@dataclass(frozen=True)
class Prediction:
    """The predictions of a network for N images.

    ``probabilities``: float32 (N, 10), rows sum to 1. ``typicality``: float32 (N,), the share of known digits that are
    as typical as the image or less, above 0 and at most 1; None if the run has no typicality statistics.
    """

    probabilities: np.ndarray
    typicality: np.ndarray | None

    @property
    def rejected(self) -> np.ndarray:
        """The mask of images that are rejected as non-digits, bool (N,): all False if the typicality is not known."""
        if self.typicality is None:
            return np.zeros(len(self.probabilities), bool)
        return self.typicality < REJECTION_THRESHOLD

    @property
    def rejection_rate(self) -> float | None:
        """The share of the images that are rejected, None if the typicality is not known."""
        return None if self.typicality is None else float(self.rejected.mean())


@dataclass(frozen=True)
class DigitPrediction:
    """The prediction of one network for one drawing.

    ``probabilities``: float (10,), sum 1. ``run``, ``name``: the id and the name of the network's run. ``typicality``:
    as in Prediction, above 0 and at most 1, or None.
    """

    probabilities: np.ndarray
    run: str
    name: str
    typicality: float | None = None

    @property
    def answer(self) -> int:
        """The most probable digit, 0 to 9."""
        return int(self.probabilities.argmax())

    def rejected(self, threshold: float) -> bool:
        """Whether the image is less typical than ``threshold``, 0 to 1; False if its typicality is not known."""
        return self.typicality is not None and self.typicality < threshold


@dataclass(frozen=True)
class Explanation:
    """An explanation of a network's prediction for one image.

    ``activity``: float32 (units,), the outputs of each hidden layer. ``present``: float32 (28, 28), the contribution of
    each pixel to the margin of the answer over the runner-up. ``missing``: float32 (28, 28), from 0, by how much ink at
    a pixel would lower the margin. ``epochs``: the probabilities, float32 (10,), after some epochs of the training, by
    epoch; empty if not requested.
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
