"""Six perturbations of digits at increasing levels, to measure a network's robustness.

Rotation, shift, scale and noise resemble corruptions of MNIST-C (Mu and Gilmer, 2019), thickness one of Morpho-MNIST
(Castro et al., 2019), blur one of ImageNet-C (Hendrycks and Dietterich, 2019). Those benchmarks have fixed levels;
these start at no change, so that accuracy can be plotted against the level.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from scipy import ndimage

SHIFT_DIRECTIONS = ((0, 1), (1, 0), (0, -1), (-1, 0))  # right, down, left, up as (rows, columns)
SQUARE = np.ones((1, 3, 3), bool)  # a pixel and its eight neighbours
CROSS = np.array([[[0, 1, 0], [1, 1, 1], [0, 1, 0]]], bool)
NOISE_SEED = 0


@dataclass(frozen=True)
class Perturbation:
    """A perturbation with its ``levels``; at the level ``neutral``, one of them, nothing changes.

    ``description``: one sentence for users. ``level_format``: format string for a level with its unit. ``change``:
    the function of digits, uint8 (N, 28, 28), and a level, not ``neutral``.
    """

    name: str
    description: str
    levels: tuple[float, ...]
    neutral: float
    level_format: str
    change: Callable[[np.ndarray, float], np.ndarray]

    def __call__(self, digits: np.ndarray, level: float) -> np.ndarray:
        """Perturbed copies of ``digits``, uint8 (N, 28, 28); deterministic."""
        return digits.copy() if level == self.neutral else self.change(digits, level)

    def label(self, level: float) -> str:
        """``level`` formatted for users: "−30°", "×0.8"."""
        return self.level_format.format(level).replace("-", "−").replace("+0 ", "0 ").replace("+0°", "0°")


def rotated(digits: np.ndarray, degrees: float) -> np.ndarray:
    """Rotate ``digits`` about the image centre, counter-clockwise for positive ``degrees``."""
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    return _transform(digits, np.array([[cosine, sine], [-sine, cosine]]))


def shifted(digits: np.ndarray, pixels: float) -> np.ndarray:
    """Shift the first of ``digits`` to the right by ``pixels``, the next down, left, up, and so on.

    All directions thus count equally. Ink may leave the image; shifts by whole pixels are exact.
    """
    moved = np.empty_like(digits)
    for first, (down, right) in enumerate(SHIFT_DIRECTIONS):
        offset = (0, down * pixels, right * pixels)
        moved[first :: len(SHIFT_DIRECTIONS)] = ndimage.shift(digits[first :: len(SHIFT_DIRECTIONS)], offset, order=1)
    return moved


def scaled(digits: np.ndarray, factor: float) -> np.ndarray:
    """Scale ``digits`` by ``factor`` about the image centre.

    Before downscaling they are blurred with sigma = (1 / factor - 1) / 2 to avoid aliasing, as in scikit-image.
    """
    return _transform(_smooth(digits, max(0.0, (1 / factor - 1) / 2)), np.eye(2) / factor)


def thickened(digits: np.ndarray, pixels: float) -> np.ndarray:
    """Widen strokes by ``pixels``, or thin them if negative; each edge moves by half of that.

    Repeat grey dilation or erosion by one pixel; the last step is blended with the previous result to move edges by a
    fraction of a pixel. Alternating cross and square footprints approximate a disk by an octagon.
    """
    operation = ndimage.grey_dilation if pixels > 0 else ndimage.grey_erosion
    remaining, footprints = abs(pixels) / 2, cycle((CROSS, SQUARE))
    while remaining > 0:
        share = min(remaining, 1.0)
        mixed = share * operation(digits, footprint=next(footprints)) + (1 - share) * digits
        digits = np.rint(mixed).astype(np.uint8)
        remaining -= share
    return digits


def noisy(digits: np.ndarray, deviation: float) -> np.ndarray:
    """Add Gaussian noise with the standard deviation ``deviation``, clipped to 0..255."""
    noise = np.random.default_rng(NOISE_SEED).standard_normal(digits.shape, np.float32)
    values: np.ndarray = np.rint(np.clip(digits + deviation * noise, 0, 255))
    return values.astype(np.uint8)


def blurred(digits: np.ndarray, sigma: float) -> np.ndarray:
    """Blur ``digits`` by a Gaussian with the standard deviation ``sigma`` in pixels."""
    values: np.ndarray = np.rint(_smooth(digits, sigma))
    return values.astype(np.uint8)


def _smooth(digits: np.ndarray, sigma: float) -> np.ndarray:
    """Blur ``digits``; returns float32, because output in uint8 would be truncated, not rounded."""
    smooth: np.ndarray = ndimage.gaussian_filter(digits, (0, sigma, sigma), output=np.float32, mode="constant")
    return smooth


def _transform(digits: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Sample ``digits`` at ``matrix``, (2, 2), times each pixel's coordinates relative to the centre: uint8."""
    matrix_3d = np.eye(3)
    matrix_3d[1:, 1:] = matrix
    centre = np.array([0, *[(side - 1) / 2 for side in digits.shape[1:]]])
    offset = centre - matrix_3d @ centre
    sampled: np.ndarray = ndimage.affine_transform(digits, matrix_3d, offset=offset, order=1, output=np.uint8)
    return sampled


def _steps(first: float, last: float, count: int) -> tuple[float, ...]:
    return tuple(np.linspace(first, last, count).round(3).tolist())


PERTURBATIONS = {
    each.name: each
    for each in (
        Perturbation(
            "rotation",
            "Turned about the middle; + is counter-clockwise.",
            levels=_steps(-60, 60, 9),
            neutral=0,
            level_format="{:+g}°",
            change=rotated,
        ),
        Perturbation(
            "shift",
            "A quarter of the digits moves to each side; what leaves the picture is lost.",
            levels=_steps(0, 8, 9),
            neutral=0,
            level_format="{:g} px",
            change=shifted,
        ),
        Perturbation(
            "scale",
            "Made smaller or larger about the middle; beyond ×1.4 ink leaves the picture.",
            levels=_steps(0.4, 1.6, 7),
            neutral=1,
            level_format="×{:g}",
            change=scaled,
        ),
        Perturbation(
            "thickness",
            "Strokes made thinner (−) or thicker (+).",
            levels=_steps(-2, 6, 9),
            neutral=0,
            level_format="{:+g} px",
            change=thickened,
        ),
        Perturbation(
            "noise",
            "Gaussian noise on every pixel, of this standard deviation; pixels go from 0 to 255.",
            levels=_steps(0, 160, 9),
            neutral=0,
            level_format="{:g}",
            change=noisy,
        ),
        Perturbation(
            "blur",
            "A Gaussian blur of this standard deviation.",
            levels=_steps(0, 4, 9),
            neutral=0,
            level_format="{:g} px",
            change=blurred,
        ),
    )
}

LEVELS = {name: perturbation.levels for name, perturbation in PERTURBATIONS.items()}
