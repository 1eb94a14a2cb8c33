"""Synthetic handwriting: labelled drawings in common writing styles, many of which are rare in MNIST.

MNIST's digits are American ones of about 1990: a 1 with a flag, a 7 with a bar or a lightning-shaped 4 is rare.
A style's points are jittered, rotated, sheared and warped, joined by splines, and sampled as by a pen of random
width, speed and tremble. The results are ordinary Drawings.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from mnist_core.digits.drawing import CANVAS, Drawing
from mnist_core.digits.handwriting_styles import STYLES, Stroke, Style
from mnist_core.digits.mnist import Split
from mnist_core.digits.splines import catmull_rom

POINTS_PER_CURVE = 12  # points per spline segment, before resampling
MARGIN = 6  # canvas pixels between a drawing and the edge


def handwriting(count: int, *, seed: int) -> Split:
    """``count`` synthetic digits, normalized as MNIST's are; the labels are 0 to 9 in turn."""
    images = np.array([drawing.to_digit() for drawing in drawings(count, seed=seed)], dtype=np.uint8)
    return Split(images=images.reshape(-1, 28, 28), labels=(np.arange(count) % 10).astype(np.uint8))


def drawings(count: int, *, seed: int) -> Iterator[Drawing]:
    """``count`` random labelled drawings, 0 to 9 in turn; drawing n depends on ``seed`` and n only."""
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        yield draw_digit(number % 10, rng)


def draw_digit(digit: int, rng: np.random.Generator) -> Drawing:
    """A random drawing of ``digit``, 0 to 9, in one of its styles, chosen by their shares."""
    styles = STYLES[digit]
    shares = np.array([style.share for style in styles])
    style = styles[rng.choice(len(styles), p=shares / shares.sum())]
    strokes = _deform([_pen_path(stroke, rng) for stroke in _sketch(style, rng)], rng)
    height = rng.uniform(60, 240)  # canvas pixels
    strokes = [_resample(stroke * height, rng) for stroke in strokes]
    brush = _brush(strokes, rng)
    return Drawing(_place_on_canvas(strokes, brush, rng), brush=brush, label=digit)


def _sketch(style: Style, rng: np.random.Generator) -> list[Stroke]:
    """The style's strokes with random jitter of each point and of each stroke as a whole."""
    sigma = rng.uniform(0.01, 0.042)
    return [
        Stroke(stroke.points + rng.normal(0, sigma, stroke.points.shape) + rng.normal(0, sigma / 2, 2), stroke.corners)
        for stroke in style.blend(rng.uniform(-0.15, 1.15))
    ]


def _pen_path(stroke: Stroke, rng: np.random.Generator) -> np.ndarray:
    """The path through a stroke's points, float64 (points, 2): smooth except at its corners."""
    sharp = stroke.corners & (rng.random(len(stroke.corners)) < 0.92)  # some corners are rounded
    ends = [0, *np.flatnonzero(sharp[1:-1]) + 1, len(stroke.points) - 1]
    pieces = [_spline(stroke.points[start : end + 1]) for start, end in pairwise(ends)]
    return np.concatenate(pieces)


def _spline(points: np.ndarray) -> np.ndarray:
    """A smooth curve through ``points``, float64 (n, 2), with the end segments extended straight."""
    before, after = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    return catmull_rom(np.vstack([before, points, after]), np.linspace(0, 1, POINTS_PER_CURVE))


def _deform(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Apply a random aspect ratio, slant, rotation and warp to all strokes."""
    proportion = np.clip(np.exp(rng.normal(np.log(0.64), 0.25)), 0.42, 1.3)
    power = np.exp(rng.normal(0, 0.18))  # above 1 the lower part is the larger one
    slant, angle = rng.normal(0.12, 0.2), np.radians(rng.normal(0, 5))
    shape = np.array([[proportion, -slant], [0, 1]])
    rotate = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    bend = rng.normal(0, 0.05, (2, 4))
    return [_warp(_move_middle(stroke, power) - 0.5, bend) @ (rotate @ shape).T for stroke in strokes]


def _move_middle(stroke: np.ndarray, power: float) -> np.ndarray:
    """Move the middle of ``stroke``, float64 (points, 2), about 0 to 1, down (``power`` below 1) or up (above 1)."""
    x, y = stroke.T
    return np.column_stack([x, np.sign(y) * np.abs(y) ** power])


def _warp(stroke: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """Displace ``stroke``, float64 (points, 2) around 0, by sine waves with the coefficients ``bend``, (2, 4)."""
    x, y = stroke.T
    waves = np.stack([np.sin(np.pi * x), np.sin(np.pi * y), np.cos(np.pi * x), np.cos(np.pi * y)])
    warped: np.ndarray = stroke + (bend @ waves).T
    return warped


def _resample(stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Resample ``stroke`` as a browser does: a fast pen gives few points, a slow one many; add tremble."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    distances = np.concatenate([[0], np.cumsum(lengths)])
    start, end = distances[-1] * rng.uniform(0, 0.03), distances[-1] * rng.uniform(0.97, 1)
    spacing = np.exp(rng.uniform(np.log(3), np.log(22)))  # canvas pixels between two points
    count = max(int((end - start) / spacing), 2) + 1
    positions = np.linspace(start, end, count)
    points = np.column_stack([np.interp(positions, distances, stroke[:, axis]) for axis in range(2)])
    return points + rng.normal(0, rng.uniform(0, 0.09) * spacing, points.shape)


def _brush(strokes: list[np.ndarray], rng: np.random.Generator) -> float:
    """A random brush width in canvas pixels, about a tenth of the drawing's size, limited so that gaps stay open."""
    size = np.ptp(np.concatenate(strokes), axis=0)
    width = size.max() * np.exp(rng.normal(np.log(0.1), 0.45))
    return float(np.clip(width, 2, max(size.min() / 3, size.max() / 8)))


def _place_on_canvas(strokes: list[np.ndarray], brush: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Move the strokes, in canvas pixels, to a random position on the canvas; scale them down if they are too large."""
    points = np.concatenate(strokes)
    corner_of_ink, size = points.min(axis=0), np.ptp(points, axis=0)
    free = CANVAS - 2 * MARGIN - brush
    scale = min(1.0, free / size.max())
    corner = MARGIN + brush / 2 + rng.uniform(0, 1, 2) * (free - scale * size)
    return tuple(corner + scale * (stroke - corner_of_ink) for stroke in strokes)
