"""Strict parser and writer of the exchange format, a JSON list of drawings."""

import json
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mnist_core.digits.drawing import BRUSH, CANVAS, MAX_COORDINATE, Drawing, DrawingError, is_number

FORMAT = '{"label": 7, "strokes": [[[x, y], ...], ...], "canvas": 280, "brush": 20}'


@dataclass(frozen=True)
class DrawingEntry:
    """One drawing of a file, and the JSON object it was parsed from, including further keys."""

    drawing: Drawing
    values: dict[str, Any]


class _DuplicateKeys(dict[str, Any]):
    """A JSON object with a duplicate key, which makes its value ambiguous."""


def read(path: Path) -> list[Drawing]:
    """Read the drawings in a file of the exchange format. Raises DrawingError, which names the invalid drawing."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DrawingError(f"{path} cannot be read: {error.strerror}.") from error
    return [each.drawing for each in parse(content, name=str(path))]


def parse(content: bytes, *, name: str) -> list[DrawingEntry]:
    """Parse the drawings in ``content``, UTF-8 JSON; ``name`` is the file's name in error messages.

    Raises DrawingError with the number of the invalid drawing, counted from 1, and the reason.
    """
    values = _json(content, name)
    if not isinstance(values, list):
        raise DrawingError(f"{name} should hold a list of drawings: [{FORMAT}, ...].")
    return [_entry(number, each, name) for number, each in enumerate(values, start=1)]


def to_json(drawing: Drawing) -> dict[str, Any]:
    """``drawing`` in the exchange format; coordinates are rounded to 0.01 pixels."""
    return {
        "label": drawing.label,
        "strokes": [np.round(stroke, 2).tolist() for stroke in drawing.strokes],
        "canvas": drawing.canvas,
        "brush": drawing.brush,
    }


def dump(values: Iterable[dict[str, Any]]) -> bytes:
    """Serialize ``values``, results of ``to_json`` with optional further keys, as a file with one object per line."""
    lines = (json.dumps(each, separators=(",", ":"), allow_nan=False) for each in values)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def _json(content: bytes, name: str) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise DrawingError(f"{name} is not a text file in UTF-8.") from error
    except RecursionError as error:
        raise DrawingError(f"{name} is nested too deeply for a list of drawings.") from error
    except ValueError as error:
        raise DrawingError(f"{name} cannot be read as JSON: {error}.") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    return values if len(values) == len(pairs) else _DuplicateKeys(values)


def _entry(number: int, value: object, name: str) -> DrawingEntry:
    try:
        values = _values(value)
        return DrawingEntry(_drawing(values), values)
    except DrawingError as error:
        raise DrawingError(f"Drawing {number} in {name} is broken: {error}.") from error


def _values(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DrawingError(f"it should be {FORMAT}, got {reprlib.repr(value)}")
    if isinstance(value, _DuplicateKeys):
        raise DrawingError("it has one key twice")
    return value


def _drawing(values: dict[str, Any]) -> Drawing:
    if not isinstance(values.get("strokes"), list):
        raise DrawingError(f"it needs strokes, lists of [x, y] points, got {reprlib.repr(values.get('strokes'))}")
    canvas = _pixels(values, "canvas", CANVAS)
    if canvas != int(canvas):
        raise DrawingError(f"canvas must be a whole number of pixels, got {canvas}")
    return Drawing(
        strokes=tuple(map(_stroke, values["strokes"])),
        canvas=int(canvas),
        brush=_pixels(values, "brush", BRUSH),
        label=values.get("label"),
    )


def _pixels(values: dict[str, Any], key: str, default: float) -> float:
    value = values.get(key, default)
    if not is_number(value) or not abs(value) <= MAX_COORDINATE:  # written so that NaN is rejected as well
        raise DrawingError(f"{key} must be a number of pixels up to {MAX_COORDINATE:,}, got {reprlib.repr(value)}")
    return value


def _stroke(points: object) -> np.ndarray:
    if not isinstance(points, list) or not points or not all(map(_is_point, points)):
        raise DrawingError("each stroke must be a list of [x, y] points, two numbers each")
    try:
        return np.array(points, dtype=np.float64)
    except OverflowError as error:
        raise DrawingError("a point's number is too large") from error


def _is_point(point: object) -> bool:
    return isinstance(point, list) and len(point) == 2 and is_number(point[0]) and is_number(point[1])
