"""How a run's files are read and written: replaced in one step, or grown line by line."""

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

# What NumPy raises at a damaged .npz, or one that lacks an array.
DAMAGED_ARCHIVE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def changed(path: Path) -> int:
    """When ``path`` was written last, in nanoseconds since 1970; 0 where it is not there."""
    return path.stat().st_mtime_ns if path.exists() else 0


def csv_line(values: tuple[float | str, ...]) -> str:
    """One line of a run's CSVs; whole numbers without a point."""
    return ",".join(value if isinstance(value, str) else f"{value:.6g}" for value in values) + "\n"


def read_columns(path: Path, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The columns of a CSV with a header, float64 (rows,); empty where there is no file.

    A last line that is only half written is left out. Raises ValueError when another line is damaged.
    """
    lines = path.read_text().splitlines(keepends=True)[1:] if path.exists() else []
    rows = [line.split(",") for line in lines if line.endswith("\n")]
    values = np.array(rows, dtype=np.float64).reshape(-1, len(columns))
    return dict(zip(columns, values.T, strict=True))


def write_columns(path: Path, values: dict[str, np.ndarray], kept: np.ndarray) -> None:
    """Replace a CSV by the rows of ``values`` that the mask ``kept``, bool (rows,), selects."""
    rows = zip(*(column[kept] for column in values.values()), strict=True)
    with replacing(path) as temporary:
        temporary.write_text("".join(csv_line(row) for row in [tuple(values), *rows]))


def read_arrays(path: Path, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Those of the arrays called ``names`` that an .npz file has. Raises DAMAGED_ARCHIVE."""
    # Opened here, as NumPy leaves a damaged file open.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        return {name: archive[name] for name in names if name in archive}


def read_object(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises OSError, and ValueError when it holds anything else."""
    values = json.loads(path.read_text())
    if not isinstance(values, dict):
        raise ValueError("not an object")
    return values


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
