"""The accuracy of a network on labelled drawings, for each digit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mnist_core.digits.drawing import Drawing
from mnist_core.predictions import Prediction


@dataclass(frozen=True)
class DrawingScores:
    """``accuracy`` and the values of ``per_digit``: 0 to 1. ``rejection_rate``: 0 to 1, None if unknown."""

    drawings: int
    accuracy: float
    per_digit: dict[str, float]
    rejection_rate: float | None


def score_drawings(drawings: Sequence[Drawing], predict: Callable[[np.ndarray], Prediction]) -> DrawingScores | None:
    """Score ``predict``, which takes uint8 (N, 28, 28), on the drawings that have a label and ink; None without any."""
    prepared = [(each.label, each.prepared()) for each in drawings if each.label is not None]
    scored = [(label, preparation.digit) for label, preparation in prepared if preparation]
    if not scored:
        return None
    labels = np.array([label for label, _ in scored])
    prediction = predict(np.stack([digit for _, digit in scored]))
    right = prediction.probabilities.argmax(axis=1) == labels
    per_digit = {str(digit): float(right[labels == digit].mean()) for digit in np.unique(labels)}
    return DrawingScores(len(labels), float(right.mean()), per_digit, prediction.rejection_rate)
