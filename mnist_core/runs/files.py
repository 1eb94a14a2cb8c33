"""Reading and writing a run's files: JSON, CSV and NumPy archives, replaced atomically."""

import json
import os
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

# Errors of NumPy for a damaged .npz file or a missing array.
DAMAGED_ARCHIVE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def modified_ns(path: Path) -> int:
    """The modification time of ``path`` in nanoseconds since 1970; 0 when it does not exist."""
    return path.stat().st_mtime_ns if path.exists() else 0


def csv_line(values: tuple[float | str, ...]) -> str:
    """One CSV row with its newline, numbers with six significant digits."""
    return ",".join(value if isinstance(value, str) else f"{value:.6g}" for value in values) + "\n"


def read_columns(path: Path, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The columns of a CSV with a header, float64 (rows,); empty without a file.

    An incomplete last line is ignored. Raises ValueError when another line is damaged.
    """
    lines = path.read_text().splitlines(keepends=True)[1:] if path.exists() else []
    rows = [line.split(",") for line in lines if line.endswith("\n")]
    values = np.array(rows, dtype=np.float64).reshape(-1, len(columns))
    return dict(zip(columns, values.T, strict=True))


def write_columns(path: Path, values: dict[str, np.ndarray], mask: np.ndarray) -> None:
    """Replace a CSV by the rows of ``values`` that ``mask``, bool (rows,), selects."""
    rows = zip(*(column[mask] for column in values.values()), strict=True)
    with atomic_write(path) as temporary:
        temporary.write_text("".join(csv_line(row) for row in [tuple(values), *rows]))


def read_arrays(path: Path, names: Iterable[str]) -> dict[str, np.ndarray]:
    """The arrays of an .npz file by name, without missing ones. Raises the errors of DAMAGED_ARCHIVE."""
    # The file is opened here because NumPy does not close a damaged one.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        return {name: archive[name] for name in names if name in archive}


def read_object(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises OSError, or ValueError when the content is no JSON object."""
    values = json.loads(path.read_text())
    if not isinstance(values, dict):
        raise ValueError("not an object")
    return values


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Replace ``path`` atomically by ``values`` as JSON."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(values, indent=2))


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to, and rename it to ``path`` if no error was raised.

    The temporary file has the suffix of ``path``, because Keras chooses the format by it.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
