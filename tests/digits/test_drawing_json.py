"""The exchange format: what is read, and what is said of a file that is broken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from mnist_core.digits.drawing import DrawingError
from mnist_core.digits.drawing_json import dump, parse, read, to_json

NAMELESS = {"label": 7, "strokes": [[[1, 2], [3, 4]]], "canvas": 100, "brush": 8}


def test_drawings_are_read_from_a_file(tmp_path):
    file = tmp_path / "drawings.json"
    file.write_text(json.dumps([NAMELESS | {"writer": "x"}]))
    (drawing,) = read(file)
    assert (drawing.label, drawing.canvas, drawing.brush) == (7, 100, 8)
    assert_array_equal(drawing.strokes[0], [[1, 2], [3, 4]])


def test_canvas_brush_and_label_may_be_left_out():
    (found,) = parse(b'[{"strokes": [[[1, 2]]]}]', name="small.json")
    assert (found.drawing.label, found.drawing.canvas, found.drawing.brush) == (None, 280, 20)


def test_a_mark_of_byte_order_and_whole_numbers_with_a_point_do_no_harm():
    (found,) = parse(b'\xef\xbb\xbf[{"strokes": [], "canvas": 280.0}]', name="from-windows.json")
    assert found.drawing.canvas == 280


def test_further_keys_are_handed_on():
    (found,) = parse(dump([NAMELESS | {"writer": "x", "at": None}]), name="further.json")
    assert (found.values["writer"], found.values["at"]) == ("x", None)


coordinates = st.floats(-500, 500).map(lambda value: round(value, 2))
strokes = st.lists(st.lists(st.tuples(coordinates, coordinates).map(list), min_size=1, max_size=9), max_size=3)


@given(
    st.lists(st.builds(lambda each, label: NAMELESS | {"strokes": each, "label": label}, strokes, st.integers(0, 9)))
)
def test_what_is_written_is_read_again(values):
    assert [to_json(found.drawing) for found in parse(dump(values), name="again.json")] == values


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DrawingError, match=r"missing\.json cannot be read: No such file"):
        read(tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("content", "told"),
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
def test_a_broken_drawing_is_told_by_its_number_and_fault(tmp_path, content, told):
    file = tmp_path / "drawings.json"
    file.write_text(content)
    with pytest.raises(DrawingError, match=told):
        read(file)
