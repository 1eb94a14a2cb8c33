"""Boxes on a photo: what was found where."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from mnist_core.figures.colours import DIGIT_COLOURS

Box = tuple[float, float, float, float]
CASING = "#FFFFFF"  # around each line, so that it shows on any paper


def boxed(picture: np.ndarray, boxes: Sequence[Box], answers: Sequence[int] | None = None) -> Image.Image:
    """``picture``, uint8 (H, W, 3), with ``boxes`` drawn on it, in the colours of ``answers``.

    A box is left, top, right, bottom in the picture's pixels; ``answers``: a digit each, or None while nobody knows.
    """
    drawn = Image.fromarray(picture)
    line = max(2, round(max(drawn.size) / 300))
    pen = ImageDraw.Draw(drawn)
    for number, (left, top, right, bottom) in enumerate(boxes):
        colour = DIGIT_COLOURS[answers[number]] if answers is not None else DIGIT_COLOURS[1]
        for margin, width, ink in ((2 * line, 2 * line, CASING), (1.5 * line, line, colour)):
            pen.rectangle((left - margin, top - margin, right + margin, bottom + margin), outline=ink, width=width)
    return drawn
