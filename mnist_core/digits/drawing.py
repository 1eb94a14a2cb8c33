"""The Drawing class, its parser for the browser's canvas data, and rasterization as in the browser."""

import math
import reprlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

import numpy as np

from mnist_core.digits.normalization import Preparation, prepare
from mnist_core.errors import LabError

if TYPE_CHECKING:
    from matplotlib.path import Path as Curve

CANVAS = 280  # default side of the canvas in pixels
BRUSH = 20  # default width of the brush in canvas pixels
MAX_POINTS = 50_000  # per drawing from the browser; rasterizing them takes a few seconds at most
MIN_POINT_DISTANCE = 0.4  # in canvas pixels; the default of Fabric.js
MAX_COORDINATE = 100_000  # in pixels; a stroke may leave the canvas, but Agg fails far outside


class DrawingError(LabError):
    """The data is not a valid drawing, or does not follow the exchange format."""


@dataclass(frozen=True)
class Drawing:
    """Strokes on a square canvas.

    ``strokes``: float64 (points, 2) each, x to the right, y down, in canvas pixels. ``canvas``: its side, ``brush``:
    the brush's width, both in the same pixels. ``label``: 0 to 9, or None if unknown. Raises DrawingError.
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
            _require(
                bool((np.abs(stroke) <= MAX_COORDINATE).all()), f"points must lie within {MAX_COORDINATE:,} pixels"
            )

    def prepared(self) -> Preparation | None:
        """All steps from the strokes to the network's input; None when there is no ink on the canvas."""
        return prepare(rasterize(self)) if self.strokes else None

    def to_digit(self) -> np.ndarray:
        """The network's input, uint8 (28, 28). Raises DrawingError when there is no ink on the canvas."""
        preparation = self.prepared()
        if preparation is None:
            raise DrawingError("there is no ink on its canvas")
        return preparation.digit


def _is_label(label: object) -> bool:
    """Whether ``label`` is None or an integer from 0 to 9; bool and float are rejected, although True == 1."""
    if label is None:
        return True
    return isinstance(label, int | np.integer) and not isinstance(label, bool) and bool(0 <= label <= 9)


def is_number(value: object) -> TypeGuard[float]:
    """Whether ``value`` is an int or float; bool is rejected, although it is a subclass of int."""
    return type(value) in (int, float)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise DrawingError(message)


def strokes_of_canvas(objects: object) -> tuple[np.ndarray, ...]:
    """Parse the strokes, float64 (points, 2), from the Path objects in a drawable canvas' ``json_data``.

    Fabric stores a stroke as quadratic curves whose control points are the pointer's positions, then a line to the
    last position. Fabric omits the position before the last, and ``_thin`` omits one too, so the last is repeated.
    The data comes from the browser, so everything is validated. Raises DrawingError.
    """
    if not isinstance(objects, list):
        raise DrawingError("the canvas' objects must be a list")
    _require(all(isinstance(each, dict) for each in objects), "each object on the canvas must be a mapping")
    paths = [each.get("path") for each in objects if each.get("type") == "Path"]
    _require(
        all(isinstance(path, list) and len(path) > 1 for path in paths),
        "a stroke's path must be a list of two or more commands",
    )
    points = sum(len(path) - 1 for path in paths)
    _require(points <= MAX_POINTS, f"a drawing can have {MAX_POINTS:,} points, this one has {points:,}")
    strokes = (np.array([_pointer_position(command) for command in path[1:]], dtype=np.float64) for path in paths)
    return tuple(np.vstack([stroke, stroke[-1]]) if len(stroke) > 1 else stroke for stroke in strokes)


def _pointer_position(command: object) -> tuple[float, float]:
    """The pointer's position, x and y, in one command of a Fabric path. Raises DrawingError."""
    match command:
        case ["Q", x, y, _, _] | ["L", x, y]:
            if not (_is_coordinate(x) and _is_coordinate(y)):
                raise DrawingError(f"a stroke's coordinates must be numbers within {MAX_COORDINATE:,} pixels")
            return x, y
    raise DrawingError("a stroke's path can have lines (L, x, y) and curves (Q, x, y, x, y) only")


def _is_coordinate(value: object) -> TypeGuard[float]:
    """Whether ``value`` is a number within MAX_COORDINATE; the comparison is written so that NaN is rejected."""
    return is_number(value) and -MAX_COORDINATE <= value <= MAX_COORDINATE


def rasterize(drawing: Drawing) -> np.ndarray:
    """Render the drawing as the browser's canvas does: uint8 (canvas, canvas), 0 paper, 255 full ink.

    As in Fabric, points are thinned out and joined by quadratic curves between the midpoints of neighbouring points,
    with round caps and joins.
    """
    # Imported here because it takes half a second, which would delay the first page.
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.transforms import IdentityTransform

    renderer = RendererAgg(drawing.canvas, drawing.canvas, 72)  # at 72 dots per inch a point is a pixel
    brush = renderer.new_gc()
    brush.set_linewidth(drawing.brush)
    brush.set_capstyle("round")
    brush.set_joinstyle("round")
    brush.set_snap(False)
    for stroke in drawing.strokes:
        renderer.draw_path(brush, _curve(_thin(stroke), drawing.canvas), IdentityTransform())
    return np.asarray(renderer.buffer_rgba())[..., 3].copy()


def _thin(stroke: np.ndarray) -> np.ndarray:
    """Thin out ``stroke``, float64 (points, 2), as Fabric's PencilBrush does when the pointer is released.

    Drop points closer than MIN_POINT_DISTANCE to the last kept point, and always drop the point before the last.
    """
    if len(stroke) <= 2:
        return stroke
    first, *between = stroke[:-2].tolist()
    kept = [first]
    for point in between:
        if math.dist(point, kept[-1]) >= MIN_POINT_DISTANCE:
            kept.append(point)
    return np.array([*kept, stroke[-1]])


def _curve(stroke: np.ndarray, canvas: int) -> "Curve":
    from matplotlib.path import Path as Curve

    points = np.column_stack([stroke[:, 0], canvas - stroke[:, 1]])  # Agg's y goes up
    middles = (points[:-1] + points[1:]) / 2
    control_points = np.empty((2 * len(middles), 2))
    control_points[0::2], control_points[1::2] = points[:-1], middles
    dot = (points[-1] - [0.02, 0], points[-1] + [0.02, 0])  # Fabric draws a dot of this length
    vertices = np.concatenate([[points[0]], control_points, dot])
    codes = [Curve.MOVETO, *[Curve.CURVE3] * len(control_points), Curve.LINETO, Curve.LINETO]
    curve = Curve(vertices, codes)
    curve.should_simplify = False
    return curve
