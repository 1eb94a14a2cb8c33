"""Bounding boxes of digits drawn on a photo."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from mnist_core.figures.colours import DIGIT_COLOURS

Box = tuple[float, float, float, float]
OUTLINE_COLOUR = "#FFFFFF"  # around each line, so that it is visible on any background


def draw_boxes(picture: np.ndarray, boxes: Sequence[Box], predictions: Sequence[int] | None = None) -> Image.Image:
    """Draw ``boxes`` on a copy of ``picture``, uint8 (H, W, 3), in the colours of ``predictions``.

    A box is left, top, right, bottom in pixels. ``predictions``: a digit for each box, or None if not known yet.
    """
    image = Image.fromarray(picture)
    line = max(2, round(max(image.size) / 300))
    painter = ImageDraw.Draw(image)
    for number, (left, top, right, bottom) in enumerate(boxes):
        colour = DIGIT_COLOURS[predictions[number]] if predictions is not None else DIGIT_COLOURS[1]
        for margin, width, ink in ((2 * line, 2 * line, OUTLINE_COLOUR), (1.5 * line, line, colour)):
            painter.rectangle((left - margin, top - margin, right + margin, bottom + margin), outline=ink, width=width)
    return image
