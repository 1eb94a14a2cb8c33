"""Tests of reading and writing drawings as JSON, and of the errors for broken files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from mnist_core.digits.drawing import DrawingError
from mnist_core.digits.drawing_json import dump, parse, read, to_json

DRAWING = {"label": 7, "strokes": [[[1, 2], [3, 4]]], "canvas": 100, "brush": 8}


def test_drawings_are_read_from_a_file(tmp_path):
    file = tmp_path / "drawings.json"
    file.write_text(json.dumps([DRAWING | {"writer": "x"}]))
    (drawing,) = read(file)
    assert (drawing.label, drawing.canvas, drawing.brush) == (7, 100, 8)
    assert_array_equal(drawing.strokes[0], [[1, 2], [3, 4]])


def test_missing_canvas_brush_and_label_get_default_values():
    (parsed,) = parse(b'[{"strokes": [[[1, 2]]]}]', name="small.json")
    assert (parsed.drawing.label, parsed.drawing.canvas, parsed.drawing.brush) == (None, 280, 20)


def test_a_byte_order_mark_and_whole_floats_are_accepted():
    (parsed,) = parse(b'\xef\xbb\xbf[{"strokes": [], "canvas": 280.0}]', name="from-windows.json")
    assert parsed.drawing.canvas == 280


def test_unknown_keys_are_returned_with_the_drawing():
    (parsed,) = parse(dump([DRAWING | {"writer": "x", "at": None}]), name="further.json")
    assert (parsed.values["writer"], parsed.values["at"]) == ("x", None)


coordinates = st.floats(-500, 500).map(lambda value: round(value, 2))
strokes = st.lists(st.lists(st.tuples(coordinates, coordinates).map(list), min_size=1, max_size=9), max_size=3)


@given(st.lists(st.builds(lambda each, label: DRAWING | {"strokes": each, "label": label}, strokes, st.integers(0, 9))))
def test_dumped_drawings_are_parsed_to_the_same_values(values):
    assert [to_json(parsed.drawing) for parsed in parse(dump(values), name="again.json")] == values


def test_a_missing_file_raises_drawing_error(tmp_path):
    with pytest.raises(DrawingError, match=r"missing\.json cannot be read: No such file"):
        read(tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "JSON"),
        ("{}", "list"),
        ("[3]", "Drawing 1"),
        ('[{"strokes": []}, {"label": 1}]', "Drawing 2 .* strokes"),
        ('[{"strokes": "12"}]', "strokes"),
        ('[{"strokes": [[[1, 2, 3]]]}]', "points"),
        ('[{"strokes": [[[1, 2], [3]]]}]', "points"),
        ('[{"strokes": [[]]}]', "points"),
        ('[{"strokes": [[["1", "2"]]]}]', "points"),
        ('[{"strokes": [[[true, 2]]]}]', "points"),
        ('[{"strokes": [[[1, NaN]]]}]', "points"),
        ('[{"strokes": [[[1, 1e999]]]}]', "points"),
        ('[{"strokes": [], "label": 10}]', "label"),
        ('[{"strokes": [], "label": "7"}]', "label"),
        ('[{"strokes": [], "label": true}]', "label"),
        ('[{"strokes": [], "label": 3.0}]', "label"),
        ('[{"strokes": [], "label": 3, "label": 4}]', "one key twice"),
        ('[{"strokes": [], "canvas": 0}]', "canvas"),
        ('[{"strokes": [], "canvas": 280.5}]', "canvas"),
        ('[{"strokes": [], "canvas": 1000000}]', "canvas"),
        ('[{"strokes": [], "canvas": "280"}]', "canvas"),
        ('[{"strokes": [], "brush": -1}]', "brush"),
        ('[{"strokes": [], "brush": NaN}]', "brush"),
        ('[{"strokes": [], "brush": null}]', "brush"),
    ],
)
def test_a_broken_drawing_raises_drawing_error_with_its_number_and_fault(tmp_path, content, message):
    file = tmp_path / "drawings.json"
    file.write_text(content)
    with pytest.raises(DrawingError, match=message):
        read(file)
