"""Reading and writing a run's files: JSON, CSV and NumPy archives.

A file's syntax and types are checked here: whoever reads it gets values of the declared types, or DamagedFile. Files
are replaced atomically, so a reader needs no lock.
"""

import json
import math
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np
from pydantic import TypeAdapter, ValidationError

from mnist_core.config import CONFIG_JSON, RunConfig
from mnist_core.errors import DamagedFile
from mnist_core.untrusted import arrays

MAX_JSON_BYTES = 2**20
MAX_CSV_ROWS = 2_000_000
MAX_CSV_BYTES = 256 * 2**20
MAX_CACHED_CSVS = 6  # of up to 80 MB each
TEMPORARY_NAME = re.compile(r"\.[0-9a-f]{32}(\.[^.]+)?")  # of the files of ``atomic_write``

T = TypeVar("T")
JSON_OBJECT = TypeAdapter(dict[str, Any])


def modified_ns(path: Path) -> int:
    """The modification time of ``path`` in nanoseconds since 1970; 0 when it does not exist."""
    return path.stat().st_mtime_ns if path.exists() else 0


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read. Raises FileNotFoundError, or DamagedFile when it cannot be read."""
    try:
        if path.exists() and not path.is_file():  # opening a named pipe would wait for ever
            raise DamagedFile("it is no file")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DamagedFile(error.strerror or str(error)) from error


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """The content of a file. Raises FileNotFoundError, or DamagedFile when it cannot be read or is larger."""
    with _opened(path) as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise DamagedFile(f"it is larger than {max_bytes / 2**20:.0f} MB")
    return content


def read_json(path: Path, values: TypeAdapter[T]) -> T:
    """The content of a JSON file as ``parse_json`` returns it. Raises FileNotFoundError or DamagedFile."""
    return parse_json(read_bytes(path, MAX_JSON_BYTES), values)


def parse_json(content: bytes, values: TypeAdapter[T]) -> T:
    """The JSON ``content`` as ``values`` declares it, without conversions between types and without inf and nan.

    Raises DamagedFile, with the first field that does not fit.
    """
    try:
        return values.validate_json(content, strict=True)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, problem["loc"]))
        reason = problem["msg"].removeprefix("Value error, ")
        raise DamagedFile(f"{field}: {reason}" if field else reason) from error


def parse_config(content: bytes) -> RunConfig:
    """The configuration in a config.json; RunConfig has defaults, but the file must have a model and a training.

    Raises DamagedFile.
    """
    if not parse_json(content, JSON_OBJECT).keys() >= {"model", "training"}:
        raise DamagedFile("it has no model or no training")
    return parse_json(content, CONFIG_JSON)


def read_columns(path: Path, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The columns of a CSV as ``parse_columns`` returns them; empty without a file. Raises DamagedFile.

    The newest MAX_CACHED_CSVS are kept until their files change: parsing the longest takes seconds.
    """
    try:
        stat = path.stat()
        return _read_columns(path, columns, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        return parse_columns(b"", columns)
    except OSError as error:
        raise DamagedFile(error.strerror or str(error)) from error


@lru_cache(maxsize=MAX_CACHED_CSVS)
def _read_columns(path: Path, columns: tuple[str, ...], *_: int) -> dict[str, np.ndarray]:
    return parse_columns(read_bytes(path, MAX_CSV_BYTES), columns)


def parse_columns(content: bytes, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The columns of a CSV with a header, float64 (rows,), read-only: the first MAX_CSV_ROWS rows.

    An incomplete last line is ignored: its writer may not have finished. Raises DamagedFile when another line is
    damaged.
    """
    header_end, complete = content.find(b"\n") + 1, content.rfind(b"\n") + 1
    rows = [row for row in content[header_end:complete].splitlines() if row.strip()][:MAX_CSV_ROWS]
    if not rows:
        return {name: np.empty(0) for name in columns}
    try:
        table = np.loadtxt(rows, delimiter=",", comments=None, ndmin=2, encoding="ascii")
    except (ValueError, OverflowError, MemoryError) as error:
        raise DamagedFile(str(error)) from error
    if table.shape[1] != len(columns):
        raise DamagedFile(f"it has {table.shape[1]} columns instead of {len(columns)}")
    table.setflags(write=False)
    return dict(zip(columns, table.T, strict=True))


def csv_line(values: tuple[float | str, ...]) -> str:
    """One CSV row with its newline, numbers with six significant digits."""
    return ",".join(value if isinstance(value, str) else f"{value:.6g}" for value in values) + "\n"


def write_columns(path: Path, values: dict[str, np.ndarray], mask: np.ndarray) -> None:
    """Replace a CSV by the rows of ``values`` that ``mask``, bool (rows,), selects."""
    rows = zip(*(column[mask] for column in values.values()), strict=True)
    with atomic_write(path) as temporary:
        temporary.write_text("".join(csv_line(row) for row in [tuple(values), *rows]))


def read_arrays(path: Path, names: Iterable[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays of an .npz file by name, all or those of ``names`` that it has; only numbers.

    Raises FileNotFoundError or DamagedFile.
    """
    with _opened(path) as file:
        return arrays.read_arrays(file, names)


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


def remove_temporaries(folder: Path, *, before: float = math.inf) -> None:
    """Delete the temporary files that killed processes left in ``folder`` in the middle of ``atomic_write``.

    ``before``: seconds since 1970; a file that was written later stays, because its writer may still be at work. A file
    that cannot be deleted stays, too.
    """
    temporaries: list[os.DirEntry[str]] = []
    with suppress(OSError), os.scandir(folder) as entries:  # the folder may be missing
        temporaries = [entry for entry in entries if TEMPORARY_NAME.fullmatch(entry.name)]
    for entry in temporaries:
        with suppress(OSError):
            if entry.stat(follow_symlinks=False).st_mtime < before:
                os.unlink(entry.path)
