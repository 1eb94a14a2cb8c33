"""An example drawing, and a helper that adds it to a room."""

from dataclasses import replace

import numpy as np

from mnist_core.digits.drawing import Drawing
from mnist_core.predictions import DigitPrediction
from mnist_core.room.drawings import FEEDBACK, Drawings

SEVEN = Drawing((np.array([[90, 80], [180, 82.25], [160, 120], [130, 200]]),), label=7)
DIGIT = (np.arange(784) % 256).astype(np.uint8).reshape(28, 28)
ANSWER = DigitPrediction(np.eye(10)[7] * 0.91 + 0.009, run="20261123-080000-abcdef", name="book")


def add(room: Drawings, *, label: int = 7, person: str = "ada", nickname: str = "Ada") -> str:
    """Save the example drawing with a label, as the Draw page does; returns its id."""
    return room.add(replace(SEVEN, label=label), DIGIT, ANSWER, source=FEEDBACK, person=person, nickname=nickname)
