"""Tests of importing malformed drawing files: each is imported, or raises DrawingError with the reason."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from mnist_core.digits import drawing_json, handwriting
from mnist_core.digits.drawing import MAX_COORDINATE, Drawing, DrawingError
from mnist_core.room import drawing_import as limits
from mnist_core.room.drawing_import import parse_drawings, rasterizing_seconds

CASES = 200  # for each of the 25 malformations
NAME = "hostile.json"
JUNK = [None, True, False, 3.5, -1, 10, "7", "", "é", [], {}, [[]], [[[1]]], {"a": 1}, 10**40, -1e308]
WRONG_CANVAS = [0, -1, 3.5, 5_000, True, "280", None, [], 10**40, 1e308, float("nan")]
WRONG_BRUSH = [0, -1, 281, True, "8", None, {}, 10**40, 1e308, float("nan")]


def valid(rng: random.Random) -> dict[str, Any]:
    """A valid drawing in the file's format."""
    strokes = [[[rng.randint(20, 260), rng.uniform(20, 260)] for _ in range(rng.randint(1, 8))]]
    return {"label": rng.randint(0, 9), "strokes": strokes, "canvas": 280, "brush": 20, "nickname": "Ada"}


def file_of(values: list[Any], rng: random.Random) -> bytes:
    """A JSON file with ``values`` between up to two valid drawings on each side."""
    before, after = rng.randint(0, 2), rng.randint(0, 2)
    return json.dumps([*(valid(rng) for _ in range(before)), *values, *(valid(rng) for _ in range(after))]).encode()


def file_with(rng: random.Random, **changes: Any) -> bytes:
    """A JSON file in which one drawing has these ``changes``."""
    return file_of([valid(rng) | changes], rng)


def file_with_point(rng: random.Random, point: object) -> bytes:
    stroke = [[rng.randint(20, 260), 20] for _ in range(rng.randint(0, 5))]
    stroke.insert(rng.randint(0, len(stroke)), point)
    return file_with(rng, strokes=[stroke])


def junk_except(rng: random.Random, *types: type) -> object:
    return rng.choice([value for value in JUNK if type(value) not in types])


def deeply_nested(rng: random.Random) -> bytes:
    depth = rng.randint(2_000, 200_000)
    return b"[" * depth + b"]" * depth


def nested_points(rng: random.Random) -> bytes:
    depth = rng.randint(1, 400)
    return b'[{"label": 1, "strokes": ' + b"[" * depth + b"{}" + b"]" * depth + b"}]"


def truncated(rng: random.Random) -> bytes:
    content = file_of([valid(rng)], rng)
    return content[: rng.randint(1, len(content) - 1)]


def not_utf8(rng: random.Random) -> bytes:
    content = file_with(rng, nickname="Zoë")
    position = rng.randint(0, len(content))
    return rng.choice([content[:position] + b"\xff" + content[position:], content.decode().encode("utf-16")])


def duplicate_key(rng: random.Random) -> bytes:
    content = json.dumps(valid(rng))
    key = rng.choice(["label", "strokes", "canvas", "brush"])
    return f'[{content[:-1]}, "{key}": {rng.randint(1, 9)}}}]'.encode()


def very_long_number(rng: random.Random) -> bytes:
    return file_with(rng, brush=0).replace(b'"brush": 0', b'"brush": ' + b"9" * rng.randint(4_400, 9_000))


# Name: (function that creates the file, pattern of the error message).
MALFORMATIONS: dict[str, tuple[Callable[[random.Random], bytes], str]] = {
    "empty": (lambda rng: b" \n\t" * rng.randint(0, 3), "cannot be read as JSON"),
    "truncated": (truncated, "cannot be read as JSON"),
    "not UTF-8": (not_utf8, "not a text file in UTF-8"),
    "deeply nested": (deeply_nested, "nested too deeply"),
    "no list": (lambda rng: json.dumps(junk_except(rng, list)).encode(), "should hold a list"),
    "no object": (lambda rng: file_of([junk_except(rng, dict)], rng), "Drawing . .* is broken: it should be"),
    "a key twice": (duplicate_key, "one key twice"),
    "no strokes": (lambda rng: file_with(rng, strokes=junk_except(rng, list)), "it needs strokes"),
    "strokes nested wrongly": (nested_points, "each stroke must be a list"),
    "a stroke of another kind": (lambda rng: file_with(rng, strokes=[junk_except(rng, list)]), "each stroke must be"),
    "an empty stroke": (lambda rng: file_with(rng, strokes=[[[1, 2]], []]), "each stroke must be"),
    "a ragged point": (lambda rng: file_with_point(rng, [1] * rng.choice([0, 1, 3, 9])), "two numbers each"),
    "text as a number": (lambda rng: file_with_point(rng, [str(rng.random()), 2]), "two numbers each"),
    "truth as a number": (lambda rng: file_with_point(rng, [1, rng.choice([True, False])]), "two numbers each"),
    "not a number": (lambda rng: file_with_point(rng, [float("nan"), 2]), "points must lie within"),
    "an infinite point": (
        lambda rng: file_with_point(rng, [2, rng.choice([1, -1]) * float("inf")]),
        "points must lie",
    ),
    "a point far away": (lambda rng: file_with_point(rng, [2, 10.0 ** rng.randint(6, 308)]), "points must lie"),
    "a huge whole number": (lambda rng: file_with_point(rng, [10 ** rng.randint(400, 4_000), 1]), "too large"),
    "a numeral without end": (very_long_number, "cannot be read as JSON"),
    "a wrong label": (lambda rng: file_with(rng, label=junk_except(rng, type(None))), "label must be a digit"),
    "a wrong canvas": (lambda rng: file_with(rng, canvas=rng.choice(WRONG_CANVAS)), "canvas must be"),
    "a wrong brush": (lambda rng: file_with(rng, brush=rng.choice(WRONG_BRUSH)), "brush must be"),
    "a wrong name": (
        lambda rng: file_with(rng, nickname=rng.choice(["x" * 41, "a\0b", "\ud800", "a\nb", [], {}, 2.5])),
        "nickname must be text",
    ),
    "a wrong time": (
        lambda rng: file_with(rng, at=rng.choice([5, "", "noon", "0001-01-01T00:00:00+14:00", "9999-12-31", []])),
        "at must be a time",
    ),
    "no ink": (lambda rng: file_with(rng, strokes=rng.choice([[], [[[-900, -900]]]])), "no ink"),
}


@pytest.mark.parametrize("name", MALFORMATIONS)
def test_a_malformed_file_raises_drawing_error_with_the_reason_and_file_name(name):
    make, message = MALFORMATIONS[name]
    rng = random.Random(name)
    for _ in range(CASES):
        with pytest.raises(DrawingError, match=message) as caught:
            parse_drawings(make(rng), name=NAME)
        assert NAME in str(caught.value)
        assert len(str(caught.value)) < 300


def test_a_randomly_changed_file_is_parsed_or_raises_drawing_error():
    rng = random.Random(0)
    for _ in range(1_000):
        content = bytearray(file_of([valid(rng)], rng))
        for _ in range(rng.randint(1, 5)):
            position = rng.randrange(len(content))
            content[position : position + rng.randint(0, 3)] = rng.choice(
                [b"", b"9", b"[", b"}", b'"', b"-", b"e9", b","]
            )
        with suppress(DrawingError):
            parse_drawings(bytes(content), name=NAME)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b" " * (limits.MAX_BYTES + 1), "larger than 8 MB"),
        (json.dumps([{"strokes": []}] * (limits.MAX_DRAWINGS + 1)).encode(), "10,001 drawings, more than 10,000"),
        (b'[{"strokes": [[' + b"[1,2]," * 1_000_000 + b"[1,2]]]}]", "it has 1,000,001 points"),
        (b'[{"strokes": [[[1, 2]]], "canvas": 4000}]', "its canvas has 4,000 pixels"),
    ],
    ids=["bytes", "drawings", "points", "canvas"],
)
def test_a_file_above_a_size_limit_raises_drawing_error(content, message):
    with pytest.raises(DrawingError, match=message):
        parse_drawings(content, name=NAME)


def test_a_valid_file_is_parsed_completely():
    rng = random.Random(0)
    values = [valid(rng) | {"at": "2026-11-23T09:00:00+01:00", "writer": 5} for _ in range(20)]
    parsed = parse_drawings(json.dumps(values).encode(), name=NAME)
    assert [item.drawing.label for item in parsed] == [value["label"] for value in values]
    assert {(item.nickname, item.writer, item.at.hour, item.digit.shape) for item in parsed} == {
        ("Ada", "5", 8, (28, 28))
    }
    assert len({item.id for item in parsed}) == 20


def dots(count: int, *, canvas: int = 280, brush: float = 20) -> Drawing:
    """A drawing of ``count`` strokes of one point each, in the middle of the canvas."""
    return Drawing((np.full((1, 2), canvas / 2),) * count, canvas=canvas, brush=brush)


def zigzag(points: int, *, height: float, canvas: int = 1_024, brush: float = 20) -> Drawing:
    """A stroke up and down over the whole width of the canvas."""
    x, y = np.linspace(0, canvas, points), canvas / 2 + height / 2 * (-1) ** np.arange(points)
    return Drawing((np.column_stack([x, y]),), canvas=canvas, brush=brush)


SLOW_FILES = {
    "dots": [dots(5_000, canvas=1_024, brush=1_024)] * 3,
    "large canvases": [dots(1, canvas=1_024, brush=1_024)] * 4_000,
    "long lines": [zigzag(5_000, height=2_000)] * 8,
    "lines far off the canvas": [zigzag(5_000, height=MAX_COORDINATE, canvas=28)] * 5,
    "sharp turns of a wide brush": [zigzag(5_000, height=1, brush=1_024)] * 6,
}


@pytest.mark.parametrize("drawings", SLOW_FILES.values(), ids=SLOW_FILES)
def test_a_file_that_takes_too_long_raises_drawing_error_before_anything_is_rasterized(drawings, monkeypatch):
    monkeypatch.setattr(Drawing, "prepared", lambda drawing: pytest.fail("a drawing was rasterized"))
    content = drawing_json.dump(map(drawing_json.to_json, drawings))
    assert len(content) < limits.MAX_BYTES
    with pytest.raises(DrawingError, match=r"too long\. Import it in parts\."):
        parse_drawings(content, name=NAME)


def test_a_single_drawing_within_its_own_limits_is_within_those_of_a_file():
    corners = np.array([[-MAX_COORDINATE, -MAX_COORDINATE], [MAX_COORDINATE, MAX_COORDINATE]]) * 0.99999
    strokes = tuple(corners[[number % 2]] for number in range(limits.MAX_POINTS))
    largest = Drawing(strokes, canvas=limits.MAX_CANVAS, brush=limits.MAX_CANVAS)
    limits.check_size(largest)
    assert rasterizing_seconds(largest) < limits.MAX_SECONDS
    assert len(drawing_json.dump([drawing_json.to_json(largest)])) < limits.MAX_BYTES / 50


@pytest.mark.parametrize("canvas", [280, 420])  # the format's default, and the Draw page's
def test_a_file_of_drawings_by_hand_is_within_the_limit_of_time_up_to_the_limits_of_size(canvas):
    scale = canvas / 280
    drawings = [
        Drawing(tuple(stroke * scale for stroke in drawing.strokes), canvas=canvas, brush=drawing.brush * scale)
        for drawing in handwriting.drawings(100, seed=0)
    ]
    file_size = len(drawing_json.dump(map(drawing_json.to_json, drawings)))
    files = min(limits.MAX_BYTES / file_size, limits.MAX_DRAWINGS / len(drawings))
    assert sum(map(rasterizing_seconds, drawings)) * files < limits.MAX_SECONDS


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        (dots(1), dots(2)),
        (dots(1), dots(1, canvas=560)),
        (dots(9, canvas=560), dots(9, canvas=560, brush=560)),
        (zigzag(100, height=50), zigzag(200, height=50)),
        (zigzag(100, height=50), zigzag(100, height=500)),
        (zigzag(100, height=50), zigzag(100, height=50, brush=200)),
    ],
    ids=["strokes", "canvas", "brush of dots", "points", "length", "brush at turns"],
)
def test_a_drawing_with_more_of_anything_is_estimated_to_take_longer(smaller, larger):
    assert 0 < rasterizing_seconds(smaller) < rasterizing_seconds(larger)


def nested(depth: int) -> list:
    """A list of six lists of six lists …, of which ``reprlib.repr`` shows every item."""
    return [nested(depth - 1)] * 6 if depth else [1_234] * 6


QUOTED: dict[str, Any] = {
    "a long key": [{"k" * 10_000: 1}],
    "a long label": [{"strokes": [[[1, 2]]], "label": "7" * 10_000}],
    "a nested label": [{"strokes": [[[1, 2]]], "label": nested(5)}],
    "nested strokes": [{"strokes": {"a": nested(5)}}],
    "a nested nickname": [{"strokes": [[[9, 9]]], "nickname": nested(5)}],
    "line breaks in a nickname": [{"strokes": [[[9, 9]]], "nickname": "a\r\nb\u2028c\u0085"}],
    "a nested writer": [{"strokes": [[[9, 9]]], "writer": nested(5)}],
    "a nested time": [{"strokes": [[[9, 9]]], "at": nested(5)}],
}


@pytest.mark.parametrize("values", QUOTED.values(), ids=QUOTED)
@pytest.mark.parametrize(
    "name", [NAME, "n" * 10_000, "two\r\nlines\u2028.json"], ids=["short name", "long name", "lines"]
)
def test_an_error_that_quotes_a_hostile_file_is_one_line_of_300_characters(values, name):
    with pytest.raises(DrawingError) as caught:
        parse_drawings(json.dumps(values).encode(), name=name)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) <= 300
    assert message.startswith("Drawing 1 in ")
