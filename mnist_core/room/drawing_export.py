"""Drawings of the room in the exchange format, in files that can be imported again."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from mnist_core.digits import drawing_json
from mnist_core.room.drawing_import import MAX_BYTES, MAX_SECONDS, rasterizing_seconds

if TYPE_CHECKING:
    from mnist_core.room.drawings import StoredDrawing


def exported(stored: "StoredDrawing") -> dict[str, Any]:
    """A drawing in the exchange format, with its id, time, nickname and writer."""
    extra = {"id": stored.id, "at": stored.at.isoformat(), "nickname": stored.nickname, "writer": stored.writer}
    return drawing_json.to_json(stored.drawing) | {key: value for key, value in extra.items() if value is not None}


def parts(drawings: Iterable["StoredDrawing"], max_drawings: int) -> Iterator[list[dict[str, Any]]]:
    """The drawings as in a file, in lists of up to ``max_drawings`` that fit into one; a single drawing always does."""
    part: list[dict[str, Any]] = []
    total_size, total_seconds = 0, 0.0
    for stored in drawings:
        values, seconds = exported(stored), rasterizing_seconds(stored.drawing)
        size = len(drawing_json.dump([values]))
        if part and (
            len(part) == max_drawings or total_size + size > MAX_BYTES or total_seconds + seconds > MAX_SECONDS
        ):
            yield part
            part, total_size, total_seconds = [], 0, 0.0
        part.append(values)
        total_size, total_seconds = total_size + size, total_seconds + seconds
    if part:
        yield part
