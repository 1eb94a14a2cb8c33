"""What comes into the room from a file: as much as the room bears, each drawing checked before any is kept."""

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
from mnist_core.digits.drawing_json import Exchanged
from mnist_core.digits.normalization import to_digit

MAX_BYTES = 8_000_000  # of a file; 3,000 drawings take 2 MB
MAX_DRAWINGS = 10_000  # of a file
MAX_POINTS = 5_000  # of a drawing; a minute of drawing
MAX_CANVAS = 1_024  # pixels; a larger one takes long to paint
MAX_NICKNAME = 40  # characters, of a writer's name too


@dataclass(frozen=True)
class ParsedDrawing:
    """A drawing of a file, ready to be kept. ``digit``: uint8 (28, 28). None: the file does not say."""

    id: str
    drawing: Drawing
    digit: np.ndarray
    nickname: str | None
    writer: str | None
    at: datetime | None


def parse_drawings(content: bytes, *, name: str) -> list[ParsedDrawing]:
    """The drawings in ``content``, a file of the exchange format that is called ``name``.

    A drawing that came out of a room has its id in the file; any other gets one from what it holds, so that it is
    known when it comes again. Raises DrawingError, which names the first broken drawing and its fault.
    """
    if len(content) > MAX_BYTES:
        raise DrawingError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB. Import it in parts.")
    found = drawing_json.parse(content, name=name)
    if len(found) > MAX_DRAWINGS:
        raise DrawingError(f"{name} holds {len(found):,} drawings, more than {MAX_DRAWINGS:,}. Import it in parts.")
    return [_numbered(number, each, name) for number, each in enumerate(found, start=1)]


def check_size(drawing: Drawing) -> None:
    """Raise DrawingError when ``drawing`` is larger than the room keeps."""
    points = sum(map(len, drawing.strokes))
    if points > MAX_POINTS:
        raise DrawingError(f"it has {points:,} points, and the room keeps drawings of up to {MAX_POINTS:,}")
    if drawing.canvas > MAX_CANVAS:
        raise DrawingError(f"its canvas has {drawing.canvas:,} pixels, and the room keeps up to {MAX_CANVAS:,}")


def _numbered(number: int, found: Exchanged, name: str) -> ParsedDrawing:
    try:
        return _parsed(found)
    except DrawingError as error:
        raise DrawingError(f"Drawing {number} in {name} cannot be imported: {error}.") from error


def _parsed(found: Exchanged) -> ParsedDrawing:
    drawing, values = found.drawing, found.values
    check_size(drawing)
    digit = to_digit(rasterize(drawing))
    if digit is None:
        raise DrawingError("there is no ink on its canvas")
    nickname, writer, at = _text(values, "nickname"), _text(values, "writer"), _time(values)
    given_id = values.get("id")
    known = isinstance(given_id, str) and re.fullmatch("[0-9a-f]{32}", given_id)
    content = json.dumps([drawing_json.to_json(drawing), nickname, writer, at and at.isoformat()])
    id_ = given_id if known else hashlib.sha256(content.encode()).hexdigest()[:32]
    return ParsedDrawing(id_, drawing, digit, nickname, writer, at)


def _text(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    text = str(value) if isinstance(value, int) else value  # some number their writers
    if not isinstance(text, str) or len(text) > MAX_NICKNAME or any(map(_is_control, text)):
        raise DrawingError(f"its {key} must be text of up to {MAX_NICKNAME} characters, got {reprlib.repr(value)}")
    return text


def tidy(nickname: str) -> str | None:
    """``nickname`` as a file may hold it: on one line, cut to MAX_NICKNAME; None when nothing is left."""
    shown = "".join(" " if _is_control(character) else character for character in nickname)
    return " ".join(shown.split())[:MAX_NICKNAME].strip() or None


def _is_control(character: str) -> bool:
    """Control characters and halves of surrogate pairs, which no database keeps."""
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
