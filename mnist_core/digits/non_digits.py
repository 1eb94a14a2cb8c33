"""Synthetic drawings that are not digits, to measure how often a network rejects them."""

import numpy as np

from mnist_core.digits.drawing import CANVAS, Drawing
from mnist_core.digits.splines import catmull_rom

KINDS = ("letter", "scribble", "shape", "two digits", "dots")
TREMBLE_SHARE = 0.012  # of a drawing's size: the standard deviation of the simulated tremble
MAX_CANVAS_SHARE = 0.85  # of the canvas' side that a drawing may fill
POINTS_PER_UNIT = 30  # points on a line as long as the drawing is high

# Strokes in a unit square, x to the right, y down; ``strokes_of`` parses them. O, I, S, Z, B, G and Q look like digits.
LETTERS: dict[str, str] = {
    "A": "0,1 .5,0 1,1|.2,.62 .8,.62",
    "C": "@.55,.5,.5,.5,-50,-310",
    "D": ".1,0 .1,1|~.1,0 .5,.02 .85,.2 .95,.5 .85,.8 .5,.98 .1,1",
    "E": ".9,0 .1,0 .1,1 .9,1|.1,.5 .7,.5",
    "F": ".9,0 .1,0 .1,1|.1,.48 .7,.48",
    "H": ".1,0 .1,1|.9,0 .9,1|.1,.5 .9,.5",
    "J": "~.8,0 .8,.7 .72,.92 .5,1 .25,.93 .15,.7",
    "K": ".1,0 .1,1|.85,0 .1,.55|.3,.42 .9,1",
    "L": ".1,0 .1,1 .85,1",
    "M": "0,1 .1,0 .5,.7 .9,0 1,1",
    "N": ".1,1 .1,0 .9,1 .9,0",
    "P": ".1,1 .1,0|~.1,0 .6,.02 .9,.14 .9,.38 .6,.52 .1,.54",
    "R": ".1,1 .1,0|~.1,0 .6,.02 .88,.14 .88,.36 .6,.5 .1,.52|.4,.52 .95,1",
    "T": "0,0 1,0|.5,0 .5,1",
    "U": "~.1,0 .1,.65 .2,.9 .5,1 .8,.9 .9,.65 .9,0",
    "V": "0,0 .5,1 1,0",
    "W": "0,0 .25,1 .5,.3 .75,1 1,0",
    "X": ".05,0 .95,1|.95,0 .05,1",
    "Y": "0,0 .5,.5|1,0 .5,.5 .5,1",
}
SHAPES: dict[str, str] = {
    "triangle": "0,.95 .5,.05 1,.95 0,.95",
    "square": ".05,.05 .95,.05 .95,.95 .05,.95 .05,.05",
    "star": ".2,1 .5,0 .8,1 0,.38 1,.38 .2,1",
    "arrow": "0,.5 1,.5|.65,.2 1,.5 .65,.8",
    "heart": "~.5,1 .1,.55 .02,.25 .2,.05 .4,.08 .5,.3 .6,.08 .8,.05 .98,.25 .9,.55 .5,1",
    "house": ".1,.4 .5,0 .9,.4 .9,1 .1,1 .1,.4 .9,.4",
    "plus": ".5,0 .5,1|0,.5 1,.5",
    "grid": ".33,0 .33,1|.67,0 .67,1|0,.33 1,.33|0,.67 1,.67",
    "wave": "~0,.5 .12,.2 .25,.5 .38,.8 .5,.5 .62,.2 .75,.5 .88,.8 1,.5",
    "smile": "@.5,.5,.5,.5,0,360|.33,.33 .33,.4|.67,.33 .67,.4|~.27,.62 .4,.76 .6,.76 .73,.62",
    "diamond": ".5,0 .9,.5 .5,1 .1,.5 .5,0",
    "lines": "0,.15 1,.15|0,.5 1,.5|0,.85 1,.85",
}
# A simple form of each digit, for drawings of two digits.
DIGITS: dict[str, str] = {
    "0": "@.5,.5,.35,.5,-90,-450",
    "1": ".5,0 .5,1",
    "2": "~.1,.25 .25,.05 .55,0 .85,.15 .85,.4 .1,1 .95,1",
    "3": "~.1,.1 .5,0 .85,.15 .8,.4 .4,.5 .85,.6 .9,.85 .5,1 .1,.9",
    "4": ".6,0 .05,.65 .95,.65|.7,.35 .7,1",
    "5": ".85,0 .2,0 .15,.45|~.15,.45 .55,.4 .88,.6 .8,.9 .45,1 .1,.9",
    "6": "~.75,0 .3,.35 .12,.7 .35,1 .7,.95 .85,.7 .6,.5 .15,.65",
    "7": ".05,0 .95,0 .4,1",
    "8": "~.8,.12 .5,0 .2,.2 .8,.75 .5,1 .2,.8 .8,.25 .8,.12",
    "9": "~.85,.3 .6,.02 .25,.1 .2,.4 .5,.52 .85,.3 .8,1",
}
Strokes = list[np.ndarray]  # float64 (points, 2) each


def make(count: int, *, seed: int) -> list[tuple[str, Drawing]]:
    """``count`` pairs of a kind, KINDS in turn, and a random drawing of it, reproducible for ``seed``."""
    makers = (_letter, _scribble, _shape, _two_digits, _dots)
    rng = np.random.default_rng(seed)
    return [(KINDS[number % len(KINDS)], makers[number % len(KINDS)](rng)) for number in range(count)]


def _letter(rng: np.random.Generator) -> Drawing:
    return _draw(strokes_of(LETTERS[rng.choice(list(LETTERS))]), rng, width=rng.uniform(0.55, 1.0))


def _shape(rng: np.random.Generator) -> Drawing:
    name = rng.choice([*SHAPES, "spiral"])
    return _draw(_spiral(rng) if name == "spiral" else strokes_of(SHAPES[name]), rng, width=rng.uniform(0.8, 1.2))


def _spiral(rng: np.random.Generator) -> Strokes:
    angles = np.linspace(0, rng.uniform(2.2, 3.5) * 2 * np.pi, 120)
    return [0.5 + 0.5 * (angles / angles[-1])[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])]


def _two_digits(rng: np.random.Generator) -> Drawing:
    left, right = (strokes_of(DIGITS[name]) for name in rng.choice(list(DIGITS), 2))
    spacing = rng.uniform(1.15, 1.5)
    return _draw([*left, *(stroke + np.array([spacing, 0]) for stroke in right)], rng, width=rng.uniform(0.6, 0.9))


def _scribble(rng: np.random.Generator) -> Drawing:
    """Random zigzag curves or loops."""
    if rng.random() < 0.5:
        corners = rng.uniform(0, 1, (rng.integers(7, 16), 2))
        return _draw([smooth_curve(corners)], rng)
    angles = np.linspace(0, rng.uniform(3, 7) * 2 * np.pi, 160)
    centre = np.column_stack([np.linspace(0, rng.uniform(0.5, 1.5), 160), np.zeros(160)])
    wobble = 0.35 + 0.1 * np.sin(angles * rng.uniform(0.2, 0.5) + rng.uniform(0, 6))
    return _draw([centre + wobble[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])], rng)


def _dots(rng: np.random.Generator) -> Drawing:
    """One to six dots."""
    points = rng.uniform(0, 1, (rng.integers(1, 7), 2))
    return _draw([point[None] for point in points], rng)


def strokes_of(text: str) -> Strokes:
    """Parse strokes separated by ``|``: points ``x,y x,y``, joined by lines, or by a curve after ``~``.

    ``@x,y,width,height,from,to`` is an elliptic arc: centre, half-axes, and start and end angle in degrees.
    """
    return [_arc(stroke[1:]) if stroke[0] == "@" else _polyline(stroke) for stroke in text.split("|")]


def _polyline(text: str) -> np.ndarray:
    corners = np.array([point.split(",") for point in text.lstrip("~").split()], np.float64)
    return smooth_curve(corners) if text[0] == "~" else _densify(corners)


def _arc(text: str) -> np.ndarray:
    x, y, width, height, start, end = map(float, text.split(","))
    angles = np.radians(np.linspace(start, end, 60))
    return np.column_stack([x + width * np.cos(angles), y + height * np.sin(angles)])


def smooth_curve(corners: np.ndarray) -> np.ndarray:
    """A smooth curve through ``corners``, float64 (N, 2): float64 (points, 2)."""
    padded = np.concatenate([corners[:1], corners, corners[-1:]])
    return np.concatenate([catmull_rom(padded, np.linspace(0, 1, 12, endpoint=False)), corners[-1:]])


def _densify(corners: np.ndarray) -> np.ndarray:
    """Evenly spaced points on the straight lines between ``corners``, and the corners: float64 (points, 2)."""
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    positions = np.concatenate([[0.0], lengths.cumsum()])
    steps = np.linspace(0, positions[-1], max(2, round(positions[-1] * POINTS_PER_UNIT)))
    samples = np.union1d(steps, positions)
    return np.column_stack([np.interp(samples, positions, corners[:, axis]) for axis in range(2)])


def _draw(strokes: Strokes, rng: np.random.Generator, *, width: float = 1.0) -> Drawing:
    """Draw ``strokes`` of about unit height with random size, position, rotation, slant, brush and tremble."""
    size = rng.uniform(0.3, 0.8) * CANVAS
    angle, slant = np.radians(rng.normal(0, 6)), rng.normal(0, 0.12)
    shape = np.array([[width, 0], [-slant, 1]]) @ np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )
    on_canvas = [size * ((stroke - 0.5) @ shape + _tremble(len(stroke), rng)) for stroke in strokes]
    points = np.concatenate(on_canvas)
    corner, extent = points.min(axis=0), np.ptp(points, axis=0)
    scale = min(1.0, MAX_CANVAS_SHARE * CANVAS / max(extent.max(), 1))
    position = rng.uniform(0.1, 0.9, 2) * (CANVAS - scale * extent)
    placed = tuple(scale * (stroke - corner) + position for stroke in on_canvas)
    return Drawing(strokes=placed, brush=rng.uniform(8, 32))


def _tremble(points: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth random offsets, float64 (points, 2), relative to a drawing's size."""
    knots = rng.normal(0, TREMBLE_SHARE, (max(2, points // 6), 2))
    positions = np.linspace(0, len(knots) - 1, points)
    return np.column_stack([np.interp(positions, np.arange(len(knots)), knots[:, axis]) for axis in range(2)])
