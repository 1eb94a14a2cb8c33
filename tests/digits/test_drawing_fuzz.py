"""What a browser may send instead of a drawing: each fault is told, and none gets through as another error."""

import copy
import random

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits.drawing import CANVAS, FARTHEST, MOST_POINTS, Drawing, DrawingError, rasterize, strokes_of_canvas
from mnist_core.digits.normalization import prepare

PATH = [["M", 49.98, 50], ["Q", 50, 50, 75, 55], ["Q", 100, 60, 100, 130], ["L", 100, 200.02]]
STROKE = {"type": "Path", "version": "6.7", "left": 75, "strokeWidth": 20, "path": PATH}
NESTED: list = []
for _ in range(2_000):
    NESTED = [NESTED]


def stroke_of(*commands: object) -> list[dict]:
    """A canvas with one stroke, which starts as strokes do and goes on with these commands."""
    return [{"type": "Path", "path": [["M", 1, 1], *commands]}]


REFUSED = {
    "no objects": (None, "objects must be a list"),
    "objects are a mapping": ({"0": STROKE}, "objects must be a list"),
    "objects are text": ("Path", "objects must be a list"),
    "an object is a list": ([PATH], "must be a mapping"),
    "an object is nothing": ([STROKE, None], "must be a mapping"),
    "deeply nested objects": (NESTED, "must be a mapping"),
    "the path is missing": ([{"type": "Path"}], "two or more commands"),
    "the path is text": ([{"type": "Path", "path": "M 1 1 L 2 2"}], "two or more commands"),
    "the path is a mapping": ([{"type": "Path", "path": {"0": ["M", 1, 1], "1": ["L", 2, 2]}}], "two or more commands"),
    "the path is empty": ([{"type": "Path", "path": []}], "two or more commands"),
    "the path only starts": (stroke_of(), "two or more commands"),
    "an unknown command": (stroke_of(["C", 1, 2, 3, 4, 5, 6]), "lines"),
    "a command without a letter": (stroke_of([1, 2]), "lines"),
    "a command is text": (stroke_of("L 1 2"), "lines"),
    "a command is empty": (stroke_of([]), "lines"),
    "a coordinate is missing": (stroke_of(["L", 1]), "lines"),
    "a coordinate too many": (stroke_of(["L", 1, 2, 3]), "lines"),
    "a coordinate is text": (stroke_of(["L", "1", 2]), "numbers"),
    "a coordinate is nothing": (stroke_of(["Q", None, 2, 3, 4]), "numbers"),
    "a coordinate is true": (stroke_of(["L", True, 2]), "numbers"),
    "a coordinate is deeply nested": (stroke_of(["L", NESTED, 2]), "numbers"),
    "not a number": (stroke_of(["L", float("nan"), 2]), "numbers"),
    "infinity": (stroke_of(["Q", 1, float("-inf"), 3, 4]), "numbers"),
    "a huge number": (stroke_of(["L", 1e300, 2]), "numbers"),
    "a number too large for a float": (stroke_of(["L", 1, 10**400]), "numbers"),
    "a million points": (stroke_of(*[["L", 1, 2]] * 1_000_000), "1,000,000"),
    "a hundred thousand strokes": ([STROKE] * 100_000, "300,000"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_no_drawing_is_refused_and_told(fault):
    objects, told = REFUSED[fault]
    with pytest.raises(DrawingError, match=told):
        strokes_of_canvas(objects)


@pytest.mark.parametrize("kind", ["Rect", "path", "", None, 3, [], {}])
def test_an_object_that_is_no_path_is_no_stroke(kind):
    assert len(strokes_of_canvas([STROKE, {"type": kind, "path": PATH}, {}])) == 1


@pytest.mark.parametrize("brush", [0, -20, float("nan"), float("inf"), CANVAS + 1])
def test_a_brush_that_cannot_paint_is_refused(brush):
    with pytest.raises(DrawingError, match="brush"):
        Drawing(strokes_of_canvas([STROKE]), brush=brush)


def test_an_empty_canvas_has_no_strokes():
    assert strokes_of_canvas([]) == ()


def test_the_longest_drawing_is_painted():
    points = np.random.default_rng(1).integers(0, CANVAS, (MOST_POINTS, 2)).tolist()
    strokes = strokes_of_canvas(stroke_of(*(["L", x, y] for x, y in points)))
    assert rasterize(Drawing(strokes)).max() == 255


def test_a_stroke_from_far_away_is_painted_where_it_crosses_the_canvas():
    crossing = Drawing((np.array([[-FARTHEST, 140.0], [140.0, 140.0], [FARTHEST, 140.0]]),))
    assert_array_equal(rasterize(crossing)[140], 255)


VALUES = [None, True, 0, -1, 1e5, 1e300, 10**400, float("nan"), float("inf"), "", "L", "Path", [], {}, [[]], NESTED]


def mutated(objects: list, rng: random.Random) -> object:
    """``objects`` with one to three of its parts, at any depth, replaced, taken away, doubled or swapped."""
    root = [copy.deepcopy(objects)]
    for _ in range(rng.randint(1, 3)):
        holders = [root]
        while rng.random() < 0.8:
            held = holders[-1].values() if isinstance(holders[-1], dict) else holders[-1]
            inner = [each for each in held if isinstance(each, list | dict) and each and each is not NESTED]
            if not inner:
                break
            holders.append(rng.choice(inner))
        change(holders[-1], rng)
        root = root or [None]
    return root[0]


def change(holder: list | dict, rng: random.Random) -> None:
    keys = list(holder) if isinstance(holder, dict) else range(len(holder))
    key, other = rng.choice(keys), rng.choice(keys)
    match rng.randrange(4):
        case 0:
            del holder[key]
        case 1:
            holder[key], holder[other] = holder[other], holder[key]
        case 2 if isinstance(holder, list):
            holder.insert(key, holder[other])
        case _:
            holder[key] = rng.choice(VALUES)


def test_two_thousand_broken_drawings_are_painted_or_refused():
    rng = random.Random(4)
    painted = refused = 0
    for _ in range(2_000):
        try:
            drawing = Drawing(strokes_of_canvas(mutated([STROKE, STROKE], rng)))
        except DrawingError:
            refused += 1
        else:
            preparation = prepare(rasterize(drawing))
            assert preparation is None or preparation.digit.max() == 255
            painted += 1
    assert refused > 500
    assert painted > 100
