"""Six ways to make digits harder to read, each by degrees: against them a network's robustness is measured.

Four of them have a sibling among the corruptions of MNIST-C (Mu and Gilmer, 2019): rotate, translate, scale and its
noises. Thickness is Morpho-MNIST's (Castro et al., 2019), blur ImageNet-C's (Hendrycks and Dietterich, 2019). Those
benchmarks fix how strong each one is; here it grows from nothing, so that one sees where a network gives up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from scipy import ndimage

SIDES = ((0, 1), (1, 0), (0, -1), (-1, 0))  # right, down, left, up, as rows and columns
SQUARE = np.ones((1, 3, 3), bool)  # a pixel and its eight neighbours
CROSS = np.array([[[0, 1, 0], [1, 1, 1], [0, 1, 0]]], bool)
NOISE_SEED = 0


@dataclass(frozen=True)
class Perturbation:
    """One way to change digits, at any of its ``levels``; at ``neutral``, one of them, nothing changes.

    ``description`` says in one sentence what is done. ``written`` is the format of a level with its unit.
    """

    name: str
    description: str
    levels: tuple[float, ...]
    neutral: float
    written: str
    change: Callable[[np.ndarray, float], np.ndarray]

    def __call__(self, digits: np.ndarray, level: float) -> np.ndarray:
        """``digits``, uint8 (N, 28, 28), changed by ``level``: new ones of the same kind, the same at each call."""
        return digits.copy() if level == self.neutral else self.change(digits, level)

    def label(self, level: float) -> str:
        """``level`` as people write it: "−30°", "×0.8"."""
        return self.written.format(level).replace("-", "−").replace("+0 ", "0 ").replace("+0°", "0°")


def rotated(digits: np.ndarray, degrees: float) -> np.ndarray:
    """``digits`` turned about the picture's middle, counter-clockwise where ``degrees`` is above 0."""
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    return _mapped(digits, np.array([[cosine, sine], [-sine, cosine]]))


def shifted(digits: np.ndarray, pixels: float) -> np.ndarray:
    """The first of ``digits`` moved to the right by ``pixels``, the next down, left, up, and so on; ink may leave.

    So no direction counts more than another, and whole pixels are moved as they are.
    """
    moved = np.empty_like(digits)
    for first, (down, right) in enumerate(SIDES):
        whole = (0, down * pixels, right * pixels)
        moved[first :: len(SIDES)] = ndimage.shift(digits[first :: len(SIDES)], whole, order=1)
    return moved


def scaled(digits: np.ndarray, factor: float) -> np.ndarray:
    """``digits`` made ``factor`` times as large about the picture's middle.

    Before they shrink they are blurred by half of what a pixel then covers, as scikit-image does: else strokes would
    break up between the pixels that are looked at.
    """
    return _mapped(_smooth(digits, max(0.0, (1 / factor - 1) / 2)), np.eye(2) / factor)


def thickened(digits: np.ndarray, pixels: float) -> np.ndarray:
    """``digits`` with strokes wider by ``pixels``, or thinner where it is below 0: each edge moves by half of that.

    Grey dilation or erosion by a pixel, again and again; the last time mixed with what was there before, so that a
    grey edge moves by a part of a pixel. Cross and square in turn make the octagon, which comes close to a disk.
    """
    extreme = ndimage.grey_dilation if pixels > 0 else ndimage.grey_erosion
    left, footprints = abs(pixels) / 2, cycle((CROSS, SQUARE))
    while left > 0:
        share = min(left, 1.0)
        mixed = share * extreme(digits, footprint=next(footprints)) + (1 - share) * digits
        digits = np.rint(mixed).astype(np.uint8)
        left -= share
    return digits


def noisy(digits: np.ndarray, deviation: float) -> np.ndarray:
    """``digits`` with Gaussian noise of this standard deviation, cut off at 0 and 255."""
    noise = np.random.default_rng(NOISE_SEED).standard_normal(digits.shape, np.float32)
    return np.rint(np.clip(digits + deviation * noise, 0, 255)).astype(np.uint8)


def blurred(digits: np.ndarray, sigma: float) -> np.ndarray:
    """``digits`` blurred by a Gaussian with a standard deviation of ``sigma`` pixels."""
    return np.rint(_smooth(digits, sigma)).astype(np.uint8)


def _smooth(digits: np.ndarray, sigma: float) -> np.ndarray:
    """``digits`` after the Gaussian, float32, as bytes would be cut off rather than rounded."""
    return ndimage.gaussian_filter(digits, (0, sigma, sigma), output=np.float32, mode="constant")


def _mapped(digits: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """``digits`` as uint8, each pixel looked up at ``matrix``, (2, 2), times its place seen from the middle."""
    whole = np.eye(3)
    whole[1:, 1:] = matrix
    middle = np.array([0, *[(side - 1) / 2 for side in digits.shape[1:]]])
    return ndimage.affine_transform(digits, whole, offset=middle - whole @ middle, order=1, output=np.uint8)


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
            written="{:+g}°",
            change=rotated,
        ),
        Perturbation(
            "shift",
            "A quarter of the digits moves to each side; what leaves the picture is lost.",
            levels=_steps(0, 8, 9),
            neutral=0,
            written="{:g} px",
            change=shifted,
        ),
        Perturbation(
            "scale",
            "Made smaller or larger about the middle; beyond ×1.4 ink leaves the picture.",
            levels=_steps(0.4, 1.6, 7),
            neutral=1,
            written="×{:g}",
            change=scaled,
        ),
        Perturbation(
            "thickness",
            "Strokes made thinner (−) or thicker (+).",
            levels=_steps(-2, 6, 9),
            neutral=0,
            written="{:+g} px",
            change=thickened,
        ),
        Perturbation(
            "noise",
            "Gaussian noise on every pixel, of this standard deviation; pixels go from 0 to 255.",
            levels=_steps(0, 160, 9),
            neutral=0,
            written="{:g}",
            change=noisy,
        ),
        Perturbation(
            "blur",
            "A Gaussian blur of this standard deviation.",
            levels=_steps(0, 4, 9),
            neutral=0,
            written="{:g} px",
            change=blurred,
        ),
    )
}

LEVELS = {name: perturbation.levels for name, perturbation in PERTURBATIONS.items()}
