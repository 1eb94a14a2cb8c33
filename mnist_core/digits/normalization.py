"""Ink normalized as MNIST's digits are: cropped, fitted into 20x20 pixels, centred by mass in 28x28.

The steps are those of LeCun et al. (1998). Each step is kept, so that it can be shown.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

HALF_INKED = 128  # a pixel that a stroke covers by half
SIDE = 28
BOX = 20  # the longest side of a digit's ink in MNIST
MASS_AT = 14.5  # the centre of mass of MNIST's digits, pixels from the edge; their mean, measured, in x and y


@dataclass(frozen=True)
class Preparation:
    """A drawing on its way to the network; all uint8, 0 paper, 255 full ink.

    ``ink``: (H, W), the whole canvas. ``cropped``: (h, w), its content. ``fitted``: the content with its longest
    side 20. ``digit``: (28, 28), centred by mass, as MNIST has it.
    """

    ink: np.ndarray
    cropped: np.ndarray
    fitted: np.ndarray
    digit: np.ndarray


def prepare(ink: np.ndarray, *, edge: int = HALF_INKED) -> Preparation | None:
    """Make a digit of ``ink``, uint8 (H, W), 255 full ink; None when there is none. ``edge``: see ``extent``."""
    if not ink.any():
        return None
    cropped = crop(ink, edge=edge)
    fitted = fit_to_box(cropped)
    return Preparation(ink=ink, cropped=cropped, fitted=fitted, digit=center_by_mass(fitted))


def crop(ink: np.ndarray, *, edge: int = HALF_INKED) -> np.ndarray:
    """What of ``ink``, uint8 (H, W), lies in its ``extent``. Raises ValueError when there is none."""
    return ink[extent(ink, edge=edge)]


def extent(ink: np.ndarray, *, edge: int = HALF_INKED) -> tuple[slice, slice]:
    """Rows and columns that hold all of ``ink``, uint8 (H, W), but for pixels fainter than ``edge``.

    A pixel that a stroke covers by a hair would make the digit a pixel larger, and move it. Where all of it is
    fainter, all of it counts. Raises ValueError when there is none.
    """
    if not ink.any():
        raise ValueError("there is no ink to crop")
    inked = ink >= min(edge, int(ink.max()))
    ends = (np.flatnonzero(inked.any(axis=axis))[[0, -1]] for axis in (1, 0))
    rows, columns = (slice(int(first), int(last) + 1) for first, last in ends)
    return rows, columns


def fit_to_box(ink: np.ndarray, *, side: int = BOX) -> np.ndarray:
    """Scale a drawing's longest side to ``side`` pixels, keeping its shape, and its darkest ink to 255.

    ``ink``: uint8 (H, W), 0 paper, 255 full ink, cropped to its content. Returns uint8 (h, w) with max(h, w) ==
    side. MNIST was made this way (LeCun et al., 1998), and all of its training digits reach 250.
    """
    height, width = ink.shape
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    fitted = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BILINEAR), dtype=np.float64)
    return np.rint(fitted * (255 / max(fitted.max(), 1))).astype(np.uint8)


def center_by_mass(fitted: np.ndarray) -> np.ndarray:
    """Put ``fitted``, uint8 (h, w) of at most 28×28, into a uint8 (28, 28) with its centre of mass in the middle.

    It moves by whole pixels and is never cut off: a drawing heavy on one side stops at the edge.
    """
    mass = fitted / max(int(fitted.sum()), 1)
    digit = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (_offset(mass.sum(axis=1 - axis), length) for axis, length in enumerate(fitted.shape))
    digit[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return digit


def _offset(mass: np.ndarray, length: int) -> int:
    center = float((mass * (np.arange(length) + 0.5)).sum())
    return min(max(round(MASS_AT - center), 0), SIDE - length)


def to_digit(ink: np.ndarray) -> np.ndarray | None:
    """``prepare``'s last step alone: uint8 (28, 28), or None when there is no ink."""
    preparation = prepare(ink)
    return preparation.digit if preparation else None
