"""Normalize ink as in MNIST: crop it, fit it into 20x20 pixels, centre it by mass in 28x28 (LeCun et al., 1998)."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from mnist_core.config import SIDE

HALF_INK_LEVEL = 128  # of 255: the value of a pixel that a stroke half covers
BOX = 20  # pixels of the longest side of a digit's ink in MNIST
MASS_CENTER = 14.5  # measured mean centre of mass of MNIST's digits in x and y, pixels from the edge


@dataclass(frozen=True)
class Preparation:
    """The results of all normalization steps; all uint8, 0 paper, 255 full ink.

    ``ink``: (H, W), the whole canvas. ``cropped``: (h, w), its content. ``fitted``: the content scaled so that its
    longest side is 20. ``digit``: (28, 28), centred by mass, the network's input.
    """

    ink: np.ndarray
    cropped: np.ndarray
    fitted: np.ndarray
    digit: np.ndarray


def prepare(ink: np.ndarray, *, threshold: int = HALF_INK_LEVEL) -> Preparation | None:
    """Normalize ``ink``, uint8 (H, W), 255 full ink; None when it is empty. ``threshold``: see ``extent``."""
    return prepare_ink(ink, threshold=threshold) if ink.any() else None


def prepare_ink(ink: np.ndarray, *, threshold: int = HALF_INK_LEVEL) -> Preparation:
    """Normalize ``ink`` as ``prepare`` does. Raises ValueError when it is empty."""
    cropped = crop(ink, threshold=threshold)
    fitted = fit_to_box(cropped)
    return Preparation(ink=ink, cropped=cropped, fitted=fitted, digit=center_by_mass(fitted))


def crop(ink: np.ndarray, *, threshold: int = HALF_INK_LEVEL) -> np.ndarray:
    """Crop ``ink``, uint8 (H, W), to its ``extent``. Raises ValueError when there is no ink."""
    return ink[extent(ink, threshold=threshold)]


def extent(ink: np.ndarray, *, threshold: int = HALF_INK_LEVEL) -> tuple[slice, slice]:
    """The rows and columns of the bounding box of ``ink``, uint8 (H, W), ignoring pixels below ``threshold``.

    Barely covered pixels would make the box larger and shift the digit. If all ink is fainter than the threshold, the
    darkest pixels define the box. Raises ValueError when there is no ink.
    """
    if not ink.any():
        raise ValueError("there is no ink to crop")
    inked = ink >= min(threshold, int(ink.max()))
    ends = (np.flatnonzero(inked.any(axis=axis))[[0, -1]] for axis in (1, 0))
    rows, columns = (slice(int(first), int(last) + 1) for first, last in ends)
    return rows, columns


def fit_to_box(ink: np.ndarray, *, side: int = BOX) -> np.ndarray:
    """Scale the longest side to ``side`` pixels, keeping the aspect ratio, and the darkest ink to 255.

    ``ink``: uint8 (H, W), 0 paper, 255 full ink, cropped to its content. Returns uint8 (h, w) with max(h, w) ==
    side. MNIST was made this way (LeCun et al., 1998), and the darkest pixel of each training digit is at least 250.
    """
    height, width = ink.shape
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    fitted = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BILINEAR), dtype=np.float64)
    values: np.ndarray = np.rint(fitted * (255 / max(fitted.max(), 1)))
    return values.astype(np.uint8)


def center_by_mass(fitted: np.ndarray) -> np.ndarray:
    """Place ``fitted``, uint8 (h, w) of at most 28×28, in a uint8 (28, 28) with its centre of mass at MASS_CENTER.

    The offset is in whole pixels and limited so that nothing is cut off at the edges.
    """
    mass = fitted / max(int(fitted.sum()), 1)
    digit = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (_offset(mass.sum(axis=1 - axis), length) for axis, length in enumerate(fitted.shape))
    digit[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return digit


def _offset(mass: np.ndarray, length: int) -> int:
    center = float((mass * (np.arange(length) + 0.5)).sum())
    return min(max(round(MASS_CENTER - center), 0), SIDE - length)
