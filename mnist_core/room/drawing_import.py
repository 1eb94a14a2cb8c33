"""Parsing and validation of imported drawings, with limits on their size and number."""

import hashlib
import json
import re
import reprlib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from mnist_core.digits import drawing_json
from mnist_core.digits.drawing import Drawing, DrawingError, rasterize
from mnist_core.digits.drawing_json import DrawingEntry
from mnist_core.digits.normalization import to_digit

MAX_BYTES = 8_000_000  # per file; 3,000 drawings take 2 MB
MAX_DRAWINGS = 10_000  # per file
MAX_POINTS = 5_000  # per drawing; one minute of drawing
MAX_CANVAS = 1_024  # pixels; rasterizing a larger canvas is slow
MAX_TEXT_LENGTH = 40  # characters of a nickname or a writer's name


@dataclass(frozen=True)
class ParsedDrawing:
    """A valid drawing of a file. ``digit``: the network's input, uint8 (28, 28). None: not in the file."""

    id: str
    drawing: Drawing
    digit: np.ndarray
    nickname: str | None
    writer: str | None
    at: datetime | None


def parse_drawings(content: bytes, *, name: str) -> list[ParsedDrawing]:
    """Parse the drawings in ``content``, a JSON file (see drawing_json) called ``name``.

    A drawing exported from a room has an id; any other gets a hash of its content as id, so that importing it again
    adds no duplicate. Raises DrawingError, which names the first invalid drawing and its error.
    """
    if len(content) > MAX_BYTES:
        raise DrawingError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB. Import it in parts.")
    entries = drawing_json.parse(content, name=name)
    if len(entries) > MAX_DRAWINGS:
        raise DrawingError(f"{name} holds {len(entries):,} drawings, more than {MAX_DRAWINGS:,}. Import it in parts.")
    return [_parse_numbered(number, entry, name) for number, entry in enumerate(entries, start=1)]


def check_size(drawing: Drawing) -> None:
    """Raise DrawingError when ``drawing`` exceeds MAX_POINTS or MAX_CANVAS."""
    points = sum(map(len, drawing.strokes))
    if points > MAX_POINTS:
        raise DrawingError(f"it has {points:,} points, and the room keeps drawings of up to {MAX_POINTS:,}")
    if drawing.canvas > MAX_CANVAS:
        raise DrawingError(f"its canvas has {drawing.canvas:,} pixels, and the room keeps up to {MAX_CANVAS:,}")


def _parse_numbered(number: int, entry: DrawingEntry, name: str) -> ParsedDrawing:
    try:
        return _parse_drawing(entry)
    except DrawingError as error:
        raise DrawingError(f"Drawing {number} in {name} cannot be imported: {error}.") from error


def _parse_drawing(entry: DrawingEntry) -> ParsedDrawing:
    drawing, values = entry.drawing, entry.values
    check_size(drawing)
    digit = to_digit(rasterize(drawing))
    if digit is None:
        raise DrawingError("there is no ink on its canvas")
    nickname, writer, at = _text(values, "nickname"), _text(values, "writer"), _time(values)
    given_id = values.get("id")
    has_valid_id = isinstance(given_id, str) and re.fullmatch("[0-9a-f]{32}", given_id)
    content = json.dumps([drawing_json.to_json(drawing), nickname, writer, at and at.isoformat()])
    id_ = given_id if has_valid_id else hashlib.sha256(content.encode()).hexdigest()[:32]
    return ParsedDrawing(id_, drawing, digit, nickname, writer, at)


def _text(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    text = str(value) if isinstance(value, int) else value  # some files have numbers as writers
    if not isinstance(text, str) or len(text) > MAX_TEXT_LENGTH or any(map(_is_control, text)):
        raise DrawingError(f"its {key} must be text of up to {MAX_TEXT_LENGTH} characters, got {reprlib.repr(value)}")
    return text


def clean_nickname(nickname: str) -> str | None:
    """``nickname`` without control characters, cut to MAX_TEXT_LENGTH; None when nothing is left."""
    printable = "".join(" " if _is_control(character) else character for character in nickname)
    return " ".join(printable.split())[:MAX_TEXT_LENGTH].strip() or None


def _is_control(character: str) -> bool:
    """Whether it is a control character or a lone surrogate, which databases cannot store."""
    return unicodedata.category(character) in ("Cc", "Cs")


def _time(values: dict[str, Any]) -> datetime | None:
    value = values.get("at")
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
        at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
        if not 1970 <= at.year < 3000:
            raise ValueError(at.year)
    except (TypeError, ValueError, OverflowError) as error:
        message = f"its at must be a time such as 2026-11-23T14:05:00+00:00, got {reprlib.repr(value)}"
        raise DrawingError(message) from error
    return at
