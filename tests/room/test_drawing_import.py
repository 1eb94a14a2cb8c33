"""Hostile files: whatever comes, an import says what is wrong with it, or takes it; nothing else ever happens."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from mnist_core.digits.drawing import DrawingError
from mnist_core.room import drawing_import as limits
from mnist_core.room.drawing_import import parse_drawings

CASES = 200  # of each malformation; 5,000 in all
NAME = "hostile.json"
JUNK = [None, True, False, 3.5, -1, 10, "7", "", "é", [], {}, [[]], [[[1]]], {"a": 1}, 10**40, -1e308]
WRONG_CANVAS = [0, -1, 3.5, 5_000, True, "280", None, [], 10**40, 1e308, float("nan")]
WRONG_BRUSH = [0, -1, 281, True, "8", None, {}, 10**40, 1e308, float("nan")]


def good(chance: random.Random) -> dict[str, Any]:
    """A drawing without a fault."""
    strokes = [[[chance.randint(20, 260), chance.uniform(20, 260)] for _ in range(chance.randint(1, 8))]]
    return {"label": chance.randint(0, 9), "strokes": strokes, "canvas": 280, "brush": 20, "nickname": "Ada"}


def within(values: list[Any], chance: random.Random) -> bytes:
    """``values`` as a file, between drawings that are good."""
    before, after = chance.randint(0, 2), chance.randint(0, 2)
    return json.dumps([*(good(chance) for _ in range(before)), *values, *(good(chance) for _ in range(after))]).encode()


def one(chance: random.Random, **changes: Any) -> bytes:
    """A file in which one drawing has these ``changes``."""
    return within([good(chance) | changes], chance)


def with_point(chance: random.Random, point: object) -> bytes:
    stroke = [[chance.randint(20, 260), 20] for _ in range(chance.randint(0, 5))]
    stroke.insert(chance.randint(0, len(stroke)), point)
    return one(chance, strokes=[stroke])


def other_than(chance: random.Random, *types: type) -> object:
    return chance.choice([value for value in JUNK if type(value) not in types])


def deeply_nested(chance: random.Random) -> bytes:
    depth = chance.randint(2_000, 200_000)
    return b"[" * depth + b"]" * depth


def nested_points(chance: random.Random) -> bytes:
    depth = chance.randint(1, 400)
    return b'[{"label": 1, "strokes": ' + b"[" * depth + b"{}" + b"]" * depth + b"}]"


def truncated(chance: random.Random) -> bytes:
    content = within([good(chance)], chance)
    return content[: chance.randint(1, len(content) - 1)]


def not_utf8(chance: random.Random) -> bytes:
    content = one(chance, nickname="Zoë")
    place = chance.randint(0, len(content))
    return chance.choice([content[:place] + b"\xff" + content[place:], content.decode().encode("utf-16")])


def key_twice(chance: random.Random) -> bytes:
    content = json.dumps(good(chance))
    key = chance.choice(["label", "strokes", "canvas", "brush"])
    return f'[{content[:-1]}, "{key}": {chance.randint(1, 9)}}}]'.encode()


def numeral_without_end(chance: random.Random) -> bytes:
    return one(chance, brush=0).replace(b'"brush": 0', b'"brush": ' + b"9" * chance.randint(4_400, 9_000))


# Name: what makes it, and what is said of it.
MALFORMATIONS: dict[str, tuple[Callable[[random.Random], bytes], str]] = {
    "empty": (lambda chance: b" \n\t" * chance.randint(0, 3), "cannot be read as JSON"),
    "truncated": (truncated, "cannot be read as JSON"),
    "not UTF-8": (not_utf8, "not a text file in UTF-8"),
    "deeply nested": (deeply_nested, "nested too deeply"),
    "no list": (lambda chance: json.dumps(other_than(chance, list)).encode(), "should hold a list"),
    "no object": (lambda chance: within([other_than(chance, dict)], chance), "Drawing . .* is broken: it should be"),
    "a key twice": (key_twice, "one key twice"),
    "no strokes": (lambda chance: one(chance, strokes=other_than(chance, list)), "it needs strokes"),
    "strokes nested wrongly": (nested_points, "each stroke must be a list"),
    "a stroke of another kind": (lambda chance: one(chance, strokes=[other_than(chance, list)]), "each stroke must be"),
    "an empty stroke": (lambda chance: one(chance, strokes=[[[1, 2]], []]), "each stroke must be"),
    "a ragged point": (lambda chance: with_point(chance, [1] * chance.choice([0, 1, 3, 9])), "two numbers each"),
    "text as a number": (lambda chance: with_point(chance, [str(chance.random()), 2]), "two numbers each"),
    "truth as a number": (lambda chance: with_point(chance, [1, chance.choice([True, False])]), "two numbers each"),
    "not a number": (lambda chance: with_point(chance, [float("nan"), 2]), "points must lie within"),
    "an infinite point": (
        lambda chance: with_point(chance, [2, chance.choice([1, -1]) * float("inf")]),
        "points must lie",
    ),
    "a point far away": (lambda chance: with_point(chance, [2, 10.0 ** chance.randint(6, 308)]), "points must lie"),
    "a huge whole number": (lambda chance: with_point(chance, [10 ** chance.randint(400, 4_000), 1]), "too large"),
    "a numeral without end": (numeral_without_end, "cannot be read as JSON"),
    "a wrong label": (lambda chance: one(chance, label=other_than(chance, type(None))), "label must be a digit"),
    "a wrong canvas": (lambda chance: one(chance, canvas=chance.choice(WRONG_CANVAS)), "canvas must be"),
    "a wrong brush": (lambda chance: one(chance, brush=chance.choice(WRONG_BRUSH)), "brush must be"),
    "a wrong name": (
        lambda chance: one(chance, nickname=chance.choice(["x" * 41, "a\0b", "\ud800", "a\nb", [], {}, 2.5])),
        "nickname must be text",
    ),
    "a wrong time": (
        lambda chance: one(chance, at=chance.choice([5, "", "noon", "0001-01-01T00:00:00+14:00", "9999-12-31", []])),
        "at must be a time",
    ),
    "no ink": (lambda chance: one(chance, strokes=chance.choice([[], [[[-900, -900]]]])), "no ink"),
}


@pytest.mark.parametrize("name", MALFORMATIONS)
def test_a_malformed_file_is_refused_for_what_is_wrong_with_it(name):
    make, told = MALFORMATIONS[name]
    chance = random.Random(name)
    for _ in range(CASES):
        with pytest.raises(DrawingError, match=told) as caught:
            parse_drawings(make(chance), name=NAME)
        assert NAME in str(caught.value)
        assert len(str(caught.value)) < 300


def test_a_file_changed_anywhere_is_taken_or_refused():
    chance = random.Random(0)
    for _ in range(1_000):
        content = bytearray(within([good(chance)], chance))
        for _ in range(chance.randint(1, 5)):
            place = chance.randrange(len(content))
            content[place : place + chance.randint(0, 3)] = chance.choice(
                [b"", b"9", b"[", b"}", b'"', b"-", b"e9", b","]
            )
        with suppress(DrawingError):
            parse_drawings(bytes(content), name=NAME)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b" " * (limits.MAX_BYTES + 1), "larger than 8 MB"),
        (json.dumps([{"strokes": []}] * (limits.MAX_DRAWINGS + 1)).encode(), "10,001 drawings, more than 10,000"),
        (b'[{"strokes": [[' + b"[1,2]," * 1_000_000 + b"[1,2]]]}]", "it has 1,000,001 points"),
        (b'[{"strokes": [[[1, 2]]], "canvas": 4000}]', "its canvas has 4,000 pixels"),
    ],
    ids=["bytes", "drawings", "points", "canvas"],
)
def test_a_file_larger_than_the_room_bears_is_refused(content, told):
    with pytest.raises(DrawingError, match=told):
        parse_drawings(content, name=NAME)


def test_a_file_without_a_fault_arrives():
    chance = random.Random(0)
    values = [good(chance) | {"at": "2026-11-23T09:00:00+01:00", "writer": 5} for _ in range(20)]
    found = parse_drawings(json.dumps(values).encode(), name=NAME)
    assert [each.drawing.label for each in found] == [each["label"] for each in values]
    assert {(each.nickname, each.writer, each.at.hour, each.digit.shape) for each in found} == {
        ("Ada", "5", 8, (28, 28))
    }
    assert len({each.id for each in found}) == 20
