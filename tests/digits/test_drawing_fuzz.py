"""Tests that malformed canvas data raises DrawingError and never another exception."""

import copy
import random

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits.drawing import (
    CANVAS,
    MAX_COORDINATE,
    MAX_POINTS,
    Drawing,
    DrawingError,
    rasterize,
    strokes_of_canvas,
)
from mnist_core.digits.normalization import prepare

PATH = [["M", 49.98, 50], ["Q", 50, 50, 75, 55], ["Q", 100, 60, 100, 130], ["L", 100, 200.02]]
STROKE = {"type": "Path", "version": "6.7", "left": 75, "strokeWidth": 20, "path": PATH}
NESTED: list = []
for _ in range(2_000):
    NESTED = [NESTED]


def stroke_of(*commands: object) -> list[dict]:
    """The objects of a canvas with one stroke: a valid first command and then ``commands``."""
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
def test_malformed_canvas_data_raises_drawing_error(fault):
    objects, message = REFUSED[fault]
    with pytest.raises(DrawingError, match=message):
        strokes_of_canvas(objects)


@pytest.mark.parametrize("kind", ["Rect", "path", "", None, 3, [], {}])
def test_canvas_objects_of_other_types_are_ignored(kind):
    assert len(strokes_of_canvas([STROKE, {"type": kind, "path": PATH}, {}])) == 1


@pytest.mark.parametrize("brush", [0, -20, float("nan"), float("inf"), CANVAS + 1])
def test_a_brush_width_out_of_range_raises_drawing_error(brush):
    with pytest.raises(DrawingError, match="brush"):
        Drawing(strokes_of_canvas([STROKE]), brush=brush)


def test_an_empty_canvas_has_no_strokes():
    assert strokes_of_canvas([]) == ()


def test_a_drawing_with_the_maximum_number_of_points_is_rasterized():
    points = np.random.default_rng(1).integers(0, CANVAS, (MAX_POINTS, 2)).tolist()
    strokes = strokes_of_canvas(stroke_of(*(["L", x, y] for x, y in points)))
    assert rasterize(Drawing(strokes)).max() == 255


def test_a_stroke_that_starts_far_outside_is_rasterized_on_the_canvas():
    crossing = Drawing((np.array([[-MAX_COORDINATE, 140.0], [140.0, 140.0], [MAX_COORDINATE, 140.0]]),))
    assert_array_equal(rasterize(crossing)[140], 255)


VALUES = [None, True, 0, -1, 1e5, 1e300, 10**400, float("nan"), float("inf"), "", "L", "Path", [], {}, [[]], NESTED]


def mutated(objects: list, rng: random.Random) -> object:
    """``objects`` with one to three random parts, at any depth, replaced, deleted, duplicated or swapped."""
    root = [copy.deepcopy(objects)]
    for _ in range(rng.randint(1, 3)):
        containers = [root]
        while rng.random() < 0.8:
            children = containers[-1].values() if isinstance(containers[-1], dict) else containers[-1]
            nested = [each for each in children if isinstance(each, list | dict) and each and each is not NESTED]
            if not nested:
                break
            containers.append(rng.choice(nested))
        change(containers[-1], rng)
        root = root or [None]
    return root[0]


def change(container: list | dict, rng: random.Random) -> None:
    keys = list(container) if isinstance(container, dict) else range(len(container))
    key, other = rng.choice(keys), rng.choice(keys)
    match rng.randrange(4):
        case 0:
            del container[key]
        case 1:
            container[key], container[other] = container[other], container[key]
        case 2 if isinstance(container, list):
            container.insert(key, container[other])
        case _:
            container[key] = rng.choice(VALUES)


def test_2000_broken_drawings_are_rasterized_or_raise_drawing_error():
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
