"""Parsing and validation of imported drawings, with limits on their size, number and CPU time."""

import hashlib
import json
import re
import reprlib
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from mnist_core.digits import drawing_json
from mnist_core.digits.drawing import Drawing, DrawingError
from mnist_core.digits.drawing_json import DrawingEntry
from mnist_core.errors import one_line

MAX_BYTES = 8_000_000  # per file; 3,000 drawings take 2 MB
MAX_DRAWINGS = 10_000  # per file
MAX_SECONDS = 10.0  # of CPU time per file, by ``rasterizing_seconds``; MAX_BYTES of drawings by hand take less
MAX_POINTS = 5_000  # per drawing; one minute of drawing
MAX_CANVAS = 1_024  # pixels; rasterizing a larger canvas is slow
MAX_STEP = 4_000  # pixels; a longer line between two points takes no longer, because it is clipped
MAX_TEXT_LENGTH = 40  # characters of a nickname or a writer's name
MAX_FILE_NAME_LENGTH = 60  # characters of it in an error message


@dataclass(frozen=True)
class ParsedDrawing:
    """A valid drawing of a file. ``digit``: the network's input, uint8 (28, 28). None: not in the file."""

    id: str
    drawing: Drawing
    digit: np.ndarray
    nickname: str | None
    writer: str | None
    at: datetime | None


@dataclass(frozen=True)
class ImportResult:
    """The result of an import: ``added`` new drawings, ``known`` drawings that were stored already."""

    added: int
    known: int


def parse_drawings(content: bytes, *, name: str) -> list[ParsedDrawing]:
    """Parse the drawings in ``content``, a JSON file (see drawing_json) called ``name``.

    A drawing exported from a room has an id; any other gets a hash of its content as id, so that importing it again
    adds no duplicate. Raises DrawingError, which names the first invalid drawing and its error, or the limit that the
    file exceeds; then no drawing has been rasterized.
    """
    name = one_line(name)[:MAX_FILE_NAME_LENGTH]
    if len(content) > MAX_BYTES:
        raise DrawingError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB. Import it in parts.")
    entries = _entries(content, name)
    if len(entries) > MAX_DRAWINGS:
        raise DrawingError(f"{name} holds {len(entries):,} drawings, more than {MAX_DRAWINGS:,}. Import it in parts.")
    for number, entry in enumerate(entries, start=1):
        with _error_with_number(number, name):
            check_size(entry.drawing)
    if sum(rasterizing_seconds(entry.drawing) for entry in entries) > MAX_SECONDS:
        raise DrawingError(f"{name} has so many strokes and points that it takes too long. Import it in parts.")
    parsed = []
    for number, entry in enumerate(entries, start=1):
        with _error_with_number(number, name):
            parsed.append(_parse_drawing(entry))
    return parsed


def check_size(drawing: Drawing) -> None:
    """Raise DrawingError when ``drawing`` exceeds MAX_POINTS or MAX_CANVAS."""
    points = sum(map(len, drawing.strokes))
    if points > MAX_POINTS:
        raise DrawingError(f"it has {points:,} points, and the room keeps drawings of up to {MAX_POINTS:,}")
    if drawing.canvas > MAX_CANVAS:
        raise DrawingError(f"its canvas has {drawing.canvas:,} pixels, and the room keeps up to {MAX_CANVAS:,}")


def rasterizing_seconds(drawing: Drawing) -> float:
    """An estimate of the CPU time for making the network's input from ``drawing``, in seconds.

    Agg's time grows with the outline of the strokes, which is longer at sharp turns of a wide brush, and with the
    pixels that they cover. The factors were measured on a core of a cloud server in 2026, for the slowest of many
    patterns.
    """
    points = np.concatenate([np.empty((0, 2)), *drawing.strokes])  # (points, 2)
    steps = np.diff(points, axis=0)  # also from a stroke to the next one
    lengths = np.minimum(np.abs(steps).sum(axis=1), MAX_STEP)
    directions = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs((np.diff(directions) + np.pi) % (2 * np.pi) - np.pi)  # radians, 0 to pi
    outline = lengths.sum() + drawing.brush * turns.sum()
    # The canvas is cleared, copied and cropped; the ink is drawn by each stroke, then cropped and scaled.
    covered = drawing.canvas * (3 * drawing.canvas + drawing.brush * (len(drawing.strokes) + 2))
    return float(3e-4 + 7e-5 * len(drawing.strokes) + 2e-6 * len(points) + 1.4e-7 * outline + 6e-10 * covered)


def _entries(content: bytes, name: str) -> list[DrawingEntry]:
    try:
        return drawing_json.parse(content, name=name)
    except DrawingError as error:  # it may quote the file
        raise DrawingError(one_line(str(error))) from error


@contextmanager
def _error_with_number(number: int, name: str) -> Iterator[None]:
    """Convert a DrawingError to one that names the drawing and the file."""
    try:
        yield
    except DrawingError as error:
        raise DrawingError(f"Drawing {number} in {name} cannot be imported: {one_line(str(error))}.") from error


def _parse_drawing(entry: DrawingEntry) -> ParsedDrawing:
    drawing, values = entry.drawing, entry.values
    digit = drawing.to_digit()
    nickname, writer, at = _text(values, "nickname"), _text(values, "writer"), _time(values)
    given_id = values.get("id")
    if isinstance(given_id, str) and re.fullmatch("[0-9a-f]{32}", given_id):
        return ParsedDrawing(given_id, drawing, digit, nickname, writer, at)
    content = json.dumps([drawing_json.to_json(drawing), nickname, writer, at and at.isoformat()])
    return ParsedDrawing(hashlib.sha256(content.encode()).hexdigest()[:32], drawing, digit, nickname, writer, at)


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
