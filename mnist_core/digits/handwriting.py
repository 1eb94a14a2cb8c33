"""Handwriting made by code: pen strokes in the styles that people use, and that MNIST hardly has.

MNIST's digits are American ones of 1990: hardly a 1 with a flag, a 7 with a bar or a 4 like a lightning among them.
Here a style's points are moved about, turned, sheared and bent, and a pen of some width goes through them, quickly
or slowly, with a steady or a shaky hand. What comes out is a Drawing like any other.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from mnist_core.digits.drawing import CANVAS, Drawing, rasterize
from mnist_core.digits.handwriting_styles import STYLES, Stroke, Style
from mnist_core.digits.mnist import Split
from mnist_core.digits.normalization import to_digit
from mnist_core.digits.splines import through

STEPS = 12  # points of the curve between two points, before the pen's speed thins them out
MARGIN = 6  # canvas pixels between a drawing and the edge


def handwriting(count: int, *, seed: int) -> Split:
    """``count`` digits as people might draw them, prepared as MNIST's were; each label as often as any other."""
    images = np.array([to_digit(rasterize(drawing)) for drawing in drawings(count, seed=seed)], dtype=np.uint8)
    return Split(images=images.reshape(-1, 28, 28), labels=(np.arange(count) % 10).astype(np.uint8))


def drawings(count: int, *, seed: int) -> Iterator[Drawing]:
    """``count`` labelled drawings, 0 to 9 in turn, each by another hand."""
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        yield write(number % 10, rng)


def write(digit: int, rng: np.random.Generator) -> Drawing:
    """Draw ``digit`` in one of its styles, as one person might in one moment."""
    styles = STYLES[digit]
    shares = np.array([style.share for style in styles])
    style = styles[rng.choice(len(styles), p=shares / shares.sum())]
    strokes = _as_a_hand([_through(stroke, rng) for stroke in _sketch(style, rng)], rng)
    height = rng.uniform(60, 240)  # canvas pixels
    strokes = [_at_speed(stroke * height, rng) for stroke in strokes]
    brush = _brush(strokes, rng)
    return Drawing(_placed(strokes, brush, rng), brush=brush, label=digit)


def _sketch(style: Style, rng: np.random.Generator) -> list[Stroke]:
    """The style's strokes with each point moved a little, and each stroke a little apart from the others."""
    loose = rng.uniform(0.01, 0.042)
    return [
        Stroke(stroke.points + rng.normal(0, loose, stroke.points.shape) + rng.normal(0, loose / 2, 2), stroke.corners)
        for stroke in style.blend(rng.uniform(-0.15, 1.15))
    ]


def _through(stroke: Stroke, rng: np.random.Generator) -> np.ndarray:
    """The pen's way through a stroke's points, float64 (points, 2): smooth, but for its corners."""
    sharp = stroke.corners & (rng.random(len(stroke.corners)) < 0.92)  # in a hurry a corner is rounded
    ends = [0, *np.flatnonzero(sharp[1:-1]) + 1, len(stroke.points) - 1]
    pieces = [_spline(stroke.points[start : end + 1]) for start, end in pairwise(ends)]
    return np.concatenate(pieces)


def _spline(places: np.ndarray) -> np.ndarray:
    """A smooth line through ``places``, float64 (n, 2), that begins and ends as straight as it can."""
    before, after = 2 * places[0] - places[1], 2 * places[-1] - places[-2]
    return through(np.vstack([before, places, after]), np.linspace(0, 1, STEPS))


def _as_a_hand(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """The strokes in a hand's proportions, slant and turn, and bent."""
    proportion = np.clip(np.exp(rng.normal(np.log(0.64), 0.25)), 0.42, 1.3)
    high = np.exp(rng.normal(0, 0.18))  # above 1 the lower part is the larger one
    slant, turn = rng.normal(0.12, 0.2), np.radians(rng.normal(0, 5))
    shape = np.array([[proportion, -slant], [0, 1]])
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    bend = rng.normal(0, 0.05, (2, 4))
    return [_bent(_raised(stroke, high) - 0.5, bend) @ (rotate @ shape).T for stroke in strokes]


def _raised(stroke: np.ndarray, power: float) -> np.ndarray:
    """``stroke``, float64 (points, 2) within about 0 to 1, with its middle moved down (below 1) or up."""
    x, y = stroke.T
    return np.column_stack([x, np.sign(y) * np.abs(y) ** power])


def _bent(stroke: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """``stroke``, float64 (points, 2) around 0, moved by waves that run through the whole drawing."""
    x, y = stroke.T
    waves = np.stack([np.sin(np.pi * x), np.sin(np.pi * y), np.cos(np.pi * x), np.cos(np.pi * y)])
    return stroke + (bend @ waves).T


def _at_speed(stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a browser hears of a pen: few points of a quick one, many of a slow one, which shakes more."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)])
    start, end = along[-1] * rng.uniform(0, 0.03), along[-1] * rng.uniform(0.97, 1)
    apart = np.exp(rng.uniform(np.log(3), np.log(22)))  # canvas pixels between two points
    count = max(int((end - start) / apart), 2) + 1
    at = np.linspace(start, end, count)
    points = np.column_stack([np.interp(at, along, stroke[:, axis]) for axis in range(2)])
    return points + rng.normal(0, rng.uniform(0, 0.09) * apart, points.shape)


def _brush(strokes: list[np.ndarray], rng: np.random.Generator) -> float:
    """The brush's width in canvas pixels: from a tenth of the drawing's size, more or less, not so that it clogs."""
    size = np.ptp(np.concatenate(strokes), axis=0)
    usual = size.max() * np.exp(rng.normal(np.log(0.1), 0.45))
    return float(np.clip(usual, 2, max(size.min() / 3, size.max() / 8)))


def _placed(strokes: list[np.ndarray], brush: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """The strokes, in canvas pixels, somewhere on the canvas; what is too large for it is made smaller."""
    points = np.concatenate(strokes)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    room = CANVAS - 2 * MARGIN - brush
    scale = min(1.0, room / size.max())
    corner = MARGIN + brush / 2 + rng.uniform(0, 1, 2) * (room - scale * size)
    return tuple(corner + scale * (stroke - low) for stroke in strokes)
