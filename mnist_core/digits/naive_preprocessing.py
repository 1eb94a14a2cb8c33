"""Simplified preprocessing that other apps use, to compare with MNIST's own in ``normalization``."""

import numpy as np
from PIL import Image

from mnist_core.config import SIDE
from mnist_core.digits.normalization import crop, fit_to_box


def resized(ink: np.ndarray) -> np.ndarray:
    """Resize the whole canvas ``ink``, uint8 (H, W), 0 paper, 255 full ink, to uint8 (28, 28)."""
    return np.asarray(Image.fromarray(ink).resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def center_by_box(ink: np.ndarray) -> np.ndarray:
    """Fit the content into 20×20 and centre its bounding box: uint8 (28, 28).

    ``ink``: uint8 (H, W), 0 paper, 255 full ink. Raises ValueError when there is no ink.
    """
    fitted = fit_to_box(crop(ink))
    digit = np.zeros((SIDE, SIDE), np.uint8)
    top, left = ((SIDE - length) // 2 for length in fitted.shape)
    digit[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return digit
