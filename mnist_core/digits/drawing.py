"""A drawing: strokes on a square canvas, read from the browser's canvas and rasterized as the browser paints them."""

import math
import reprlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mnist_core.errors import LabError

if TYPE_CHECKING:
    from matplotlib.path import Path as Curve

CANVAS = 280  # the canvas' side in pixels
BRUSH = 20  # the brush's width in canvas pixels
MOST_POINTS = 50_000  # of what is drawn on the page; painting them takes seconds at worst
CLOSE = 0.4  # canvas pixels between two points; Fabric's
FARTHEST = 100_000  # a point's coordinates in pixels; a pen may leave the canvas, but Agg gets lost far out


class DrawingError(LabError):
    """A drawing that cannot be one, or that does not follow the exchange format."""


@dataclass(frozen=True)
class Drawing:
    """Strokes on a square canvas.

    ``strokes``: float64 (points, 2) each, x to the right, y down, in canvas pixels. ``canvas``: its side,
    ``brush``: the brush's width, both in the same pixels. ``label``: the digit it should be, if known.
    """

    strokes: tuple[np.ndarray, ...]
    canvas: int = CANVAS
    brush: float = BRUSH
    label: int | None = None

    def __post_init__(self) -> None:
        _require(1 <= self.canvas <= 4096, f"canvas must be between 1 and 4096 pixels, got {self.canvas}")
        _require(0 < self.brush <= self.canvas, f"brush must be between 0 and the canvas, got {self.brush}")
        _require(_is_label(self.label), f"label must be a digit from 0 to 9 or null, got {reprlib.repr(self.label)}")
        for stroke in self.strokes:
            _require(
                stroke.ndim == 2 and stroke.shape[1] == 2 and len(stroke) > 0,
                "each stroke must be a list of [x, y] points",
            )
            _require(bool((np.abs(stroke) <= FARTHEST).all()), f"points must lie within {FARTHEST:,} pixels")


def _is_label(label: object) -> bool:
    """True is 1 to Python, and 3.0 is 3; neither was meant as a digit."""
    whole = isinstance(label, int | np.integer) and not isinstance(label, bool)
    return label is None or (whole and 0 <= label <= 9)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise DrawingError(message)


def strokes_of_canvas(objects: object) -> tuple[np.ndarray, ...]:
    """The strokes, float64 (points, 2), in the objects of a drawable canvas' ``json_data``; other objects are none.

    Fabric draws a stroke as a chain of quadratic curves whose control points are where the pointer was; the last
    point ends the closing line. It has left out the point before the last, so ``rasterize`` finds a copy there to
    leave out. The browser says what is drawn, so all of it is checked. Raises DrawingError.
    """
    _require(isinstance(objects, list), "the canvas' objects must be a list")
    _require(all(isinstance(each, dict) for each in objects), "each object on the canvas must be a mapping")
    paths = [each.get("path") for each in objects if each.get("type") == "Path"]
    _require(
        all(isinstance(path, list) and len(path) > 1 for path in paths),
        "a stroke's path must be a list of two or more commands",
    )
    points = sum(len(path) - 1 for path in paths)
    _require(points <= MOST_POINTS, f"a drawing can have {MOST_POINTS:,} points, this one has {points:,}")
    strokes = (np.array([_pointer(command) for command in path[1:]], dtype=np.float64) for path in paths)
    return tuple(np.vstack([stroke, stroke[-1]]) if len(stroke) > 1 else stroke for stroke in strokes)


def _pointer(command: object) -> tuple[float, float]:
    """Where the pointer was, by a command of Fabric's paths."""
    match command:
        case ["Q", x, y, _, _] | ["L", x, y]:
            # Written so that NaN fails too.
            _require(
                all(type(each) in (int, float) and -FARTHEST <= each <= FARTHEST for each in (x, y)),
                f"a stroke's coordinates must be numbers within {FARTHEST:,} pixels",
            )
            return x, y
    raise DrawingError("a stroke's path can have lines (L, x, y) and curves (Q, x, y, x, y) only")


def rasterize(drawing: Drawing) -> np.ndarray:
    """The drawing's ink as the browser's canvas paints it: uint8 (canvas, canvas), 0 paper, 255 full ink.

    Strokes are thinned and smoothed as Fabric does, by quadratic curves between the middles of neighbouring points,
    with round ends and joins.
    """
    # Imported with the first stroke: half a second that would keep a newcomer's first page waiting.
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.transforms import IdentityTransform

    renderer = RendererAgg(drawing.canvas, drawing.canvas, 72)  # at 72 dots per inch a point is a pixel
    brush = renderer.new_gc()
    brush.set_linewidth(drawing.brush)
    brush.set_capstyle("round")
    brush.set_joinstyle("round")
    brush.set_snap(False)
    for stroke in drawing.strokes:
        renderer.draw_path(brush, _curve(_thinned(stroke), drawing.canvas), IdentityTransform())
    return np.asarray(renderer.buffer_rgba())[..., 3].copy()


def _thinned(stroke: np.ndarray) -> np.ndarray:
    """What Fabric's PencilBrush keeps of ``stroke`` when the pointer goes up, float64 (points, 2).

    Points closer than CLOSE to the last one kept go, and so does the one before the last, however far it is.
    """
    if len(stroke) <= 2:
        return stroke
    first, *between = stroke[:-2].tolist()
    kept = [first]
    for point in between:
        if math.dist(point, kept[-1]) >= CLOSE:
            kept.append(point)
    return np.array([*kept, stroke[-1]])


def _curve(stroke: np.ndarray, canvas: int) -> "Curve":
    from matplotlib.path import Path as Curve

    points = np.column_stack([stroke[:, 0], canvas - stroke[:, 1]])  # Agg's y goes up
    middles = (points[:-1] + points[1:]) / 2
    through = np.empty((2 * len(middles), 2))
    through[0::2], through[1::2] = points[:-1], middles
    a_hair = (points[-1] - [0.02, 0], points[-1] + [0.02, 0])  # as long as Fabric draws a dot
    vertices = np.concatenate([[points[0]], through, a_hair])
    codes = [Curve.MOVETO, *[Curve.CURVE3] * len(through), Curve.LINETO, Curve.LINETO]
    curve = Curve(vertices, codes)
    curve.should_simplify = False
    return curve
