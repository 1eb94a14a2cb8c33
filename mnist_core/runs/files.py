"""How a run's files are written: replaced in one step, or grown line by line."""

import json
import os
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What NumPy raises at a damaged .npz, or one that lacks an array.
DAMAGED_ARCHIVE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def changed(path: Path) -> int:
    """When ``path`` was written last, in nanoseconds since 1970; 0 where it is not there."""
    return path.stat().st_mtime_ns if path.exists() else 0


def csv_line(values: tuple[float | str, ...]) -> str:
    """One line of a run's CSVs; whole numbers without a point."""
    return ",".join(value if isinstance(value, str) else f"{value:.6g}" for value in values) + "\n"


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Replace ``path`` by ``values`` in one step, so that no reader sees half of it."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(values, indent=2))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; it takes ``path``'s place if nothing was raised.

    It keeps the suffix, which Keras reads the format from.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
