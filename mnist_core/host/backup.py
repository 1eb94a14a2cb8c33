"""Export and import of a room as a zip of its drawings, its runs (each a zip) and its votes."""

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mnist_core.errors import DamagedFile, LabError, ModelError, one_line
from mnist_core.room.drawing_import import MAX_BYTES
from mnist_core.room.drawings import Drawings
from mnist_core.room.votes import Votes
from mnist_core.runs import archive
from mnist_core.runs.files import MAX_CSV_BYTES, atomic_write, read_bytes
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FINISHED
from mnist_core.untrusted.zip_safety import MEGABYTE, ZIP_ERRORS, check_members

FOLDER = "exports"  # in the home folder
DRAWINGS_PER_FILE = 100  # or fewer: see Drawings.export_parts
MAX_MEGABYTES = 16_384  # of the unpacked bundle; one run takes up to 128
VOTES_FILE = "votes.json"
DRAWINGS_PATTERN, RUN_PATTERN = re.compile(r"drawings-\d{3,5}\.json"), re.compile(r"runs/[\w-]{1,60}\.zip")


class BundleError(LabError):
    """The zip is no export of a room, or it cannot be written."""


@dataclass(frozen=True)
class ImportProgress:
    """Progress of an import: ``done`` of ``total`` files; ``error_text``: the last file's error, or None."""

    done: int
    total: int
    error_text: str | None = None


def write(home: Path, drawings: Drawings, votes: Votes, runs: Sequence[Run]) -> Path:
    """Write a new bundle to the home's folder of exports and return its path.

    Of ``runs`` it contains those that have ended with a network. Raises RoomError, RunError, or BundleError when the
    file cannot be written.
    """
    path = home / FOLDER / f"room-{datetime.now():%Y%m%d-%H%M%S}.zip"
    try:
        path.parent.mkdir(exist_ok=True)
        with atomic_write(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as bundle:
            for number, part in enumerate(drawings.export_parts(max_drawings=DRAWINGS_PER_FILE), start=1):
                bundle.writestr(f"drawings-{number:03d}.json", part)
            for run in runs:
                if _is_exportable(run):  # stored, as it is hardly compressible
                    bundle.writestr(f"runs/{run.id}.zip", archive.pack(run), compress_type=zipfile.ZIP_STORED)
            bundle.writestr(VOTES_FILE, votes.export())
    except OSError as error:
        raise BundleError(f"The export {path} cannot be written: {error.strerror or error}.") from error
    return path


def list_bundles(home: Path) -> list[Path]:
    """The bundles in the home's folder of exports, newest first."""
    paths = (path for path in (home / FOLDER).glob("*.zip") if not path.name.startswith("."))
    return sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)


def import_bundle(
    source: Path | BinaryIO,
    drawings: Drawings,
    votes: Votes,
    runs: Sequence[Run],
    import_run: Callable[[bytes], object],
) -> Iterator[ImportProgress]:
    """Import the files of a bundle one by one, without runs that are already in ``runs``.

    ``import_run`` creates a run from a zip. An error of one file is yielded in its progress, and the import continues.
    Raises BundleError when ``source`` is no bundle.
    """
    known_histories = {history for run in runs if (history := _batch_history(run.path / "batches.csv"))}

    def import_member(name: str) -> None:
        content = _read(bundle, name)
        if DRAWINGS_PATTERN.fullmatch(name):
            drawings.import_json(content, name=name)
        elif name == VOTES_FILE:
            votes.import_json(content, name=name)
        elif archive.unpack(content).files.get("batches.csv") not in known_histories:
            import_run(content)

    with _open_zip(source) as bundle:
        names = _checked_names(bundle)
        for number, name in enumerate(names, start=1):
            error_text = None
            try:
                import_member(name)
            except LabError as error:
                error_text = f"{name}: {error}"
            yield ImportProgress(number, len(names), error_text)


def _open_zip(source: Path | BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except ZIP_ERRORS as error:
        raise BundleError(f"It cannot be read as a zip: {one_line(str(error))}.") from error


def _read(bundle: zipfile.ZipFile, name: str) -> bytes:
    try:
        return bundle.read(name)
    except ZIP_ERRORS as error:
        raise BundleError(f"The zip is damaged: {one_line(str(error))}.") from error


def _is_exportable(run: Run) -> bool:
    return not run.shipped and run.has_model() and run.read_status().state in (FINISHED, CANCELLED)


def _batch_history(batches: Path) -> bytes | None:
    """The batch history, which identifies a run because its times are unique; None without any batch to read."""
    try:
        content = read_bytes(batches, MAX_CSV_BYTES)
    except (FileNotFoundError, DamagedFile):
        return None
    return content if content.count(b"\n") > 1 else None


def _checked_names(bundle: zipfile.ZipFile) -> list[str]:
    members = [member for member in bundle.infolist() if not member.is_dir()]
    try:
        check_members(members, max_bytes=MAX_MEGABYTES * MEGABYTE)
    except ModelError as error:
        raise BundleError(str(error)) from error
    for member in members:
        is_text = member.filename == VOTES_FILE or DRAWINGS_PATTERN.fullmatch(member.filename)
        max_size = MAX_BYTES if is_text else archive.MAX_MEGABYTES * MEGABYTE
        if not (is_text or RUN_PATTERN.fullmatch(member.filename)):
            raise BundleError(f"It holds {member.filename[:60]!r}, which no export of a room has.")
        if member.file_size > max_size:
            raise BundleError(f"Its {member.filename} is larger than {max_size // MEGABYTE} MB.")
    if not members:
        raise BundleError("It is empty.")
    return sorted(member.filename for member in members)
