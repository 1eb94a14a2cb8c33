"""All of a room as one zip: its drawings in parts, its runs as zips of their own, its votes. It can be large."""

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mnist_core.errors import LabError, ModelError
from mnist_core.room.drawing_import import MAX_BYTES
from mnist_core.room.drawings import Drawings
from mnist_core.room.votes import Votes
from mnist_core.runs import archive
from mnist_core.runs.files import replacing
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FINISHED
from mnist_core.untrusted.zip_safety import MEGABYTE, ZIP_ERRORS, check_members

FOLDER = "exports"  # in the home folder
PART = 100  # drawings of a file: even the largest that a room keeps make no file that is too large for another
MAX_MEGABYTES = 16_384  # that a bundle unpacks to; one run takes up to 128
VOTES = "votes.json"
DRAWINGS, RUN = re.compile(r"drawings-\d{3,5}\.json"), re.compile(r"runs/[\w-]{1,60}\.zip")


class BundleError(LabError):
    """A zip that is none of a room's."""


@dataclass(frozen=True)
class Step:
    """How far taking in a bundle is: ``done`` of ``of`` files; ``refused``: why this one was not taken, else None."""

    done: int
    of: int
    refused: str | None = None


def write(home: Path, drawings: Drawings, votes: Votes, runs: Sequence[Run]) -> Path:
    """A new bundle in the home's folder of exports, and where it lies.

    Of ``runs``, those that have ended with a network. Raises RoomError, RunError, and BundleError when it cannot be
    written.
    """
    path = home / FOLDER / f"room-{datetime.now():%Y%m%d-%H%M%S}.zip"
    try:
        path.parent.mkdir(exist_ok=True)
        with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as bundle:
            for number, part in enumerate(_parts(drawings), start=1):
                bundle.writestr(f"drawings-{number:03d}.json", part)
            for run in runs:
                if _can_leave(run):  # its files hardly shrink
                    bundle.writestr(f"runs/{run.id}.zip", archive.pack(run), compress_type=zipfile.ZIP_STORED)
            bundle.writestr(VOTES, votes.export())
    except OSError as error:
        raise BundleError(f"The export {path} cannot be written: {error.strerror or error}.") from error
    return path


def kept(home: Path) -> list[Path]:
    """The bundles in the home's folder of exports, the newest first."""
    whole = (path for path in (home / FOLDER).glob("*.zip") if not path.name.startswith("."))
    return sorted(whole, key=lambda path: path.stat().st_mtime, reverse=True)


def take_in(
    source: Path | BinaryIO,
    drawings: Drawings,
    votes: Votes,
    runs: Sequence[Run],
    import_run: Callable[[bytes], object],
) -> Iterator[Step]:
    """Take in what a bundle holds, file by file; those of its runs that are among ``runs`` already are left out.

    ``import_run`` makes a run of a zip. What cannot be taken is told in its step, and the rest goes on. Raises
    BundleError when it is no bundle.
    """
    known = {history for run in runs if (history := _history(run.path / "batches.csv"))}

    def take(name: str) -> None:
        content = _read(bundle, name)
        if DRAWINGS.fullmatch(name):
            drawings.take_in(content, name=name)
        elif name == VOTES:
            votes.take_in(content, name=name)
        elif archive.unpack(content).files.get("batches.csv") not in known:
            import_run(content)

    with _opened(source) as bundle:
        names = _checked(bundle)
        for number, name in enumerate(names, start=1):
            refused = None
            try:
                take(name)
            except LabError as error:
                refused = f"{name}: {error}"
            yield Step(number, len(names), refused)


def _opened(source: Path | BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except ZIP_ERRORS as error:
        raise BundleError(f"It cannot be read as a zip: {error}.") from error


def _read(bundle: zipfile.ZipFile, name: str) -> bytes:
    try:
        return bundle.read(name)
    except ZIP_ERRORS as error:
        raise BundleError(f"The zip is damaged: {error}.") from error


def _parts(drawings: Drawings) -> Iterator[bytes]:
    """All drawings, PART in a file. One that comes meanwhile may stand in two of them, and is known by its id."""
    skip = 0
    while len(part := drawings.export(skip=skip, most=PART)) > len("[\n\n]\n"):
        yield part
        skip += PART


def _can_leave(run: Run) -> bool:
    return not run.shipped and run.has_model and run.status.state in (FINISHED, CANCELLED)


def _history(batches: Path) -> bytes | None:
    """What tells a run from all others: no two trainings take the same times. None where it has no history."""
    content = batches.read_bytes() if batches.exists() else b""
    return content if content.count(b"\n") > 1 else None


def _checked(bundle: zipfile.ZipFile) -> list[str]:
    members = [member for member in bundle.infolist() if not member.is_dir()]
    try:
        check_members(members, most_bytes=MAX_MEGABYTES * MEGABYTE)
    except ModelError as error:
        raise BundleError(str(error)) from error
    for member in members:
        text = member.filename == VOTES or DRAWINGS.fullmatch(member.filename)
        most = MAX_BYTES if text else archive.MAX_MEGABYTES * MEGABYTE
        if not (text or RUN.fullmatch(member.filename)):
            raise BundleError(f"It holds {member.filename[:60]!r}, which no export of a room has.")
        if member.file_size > most:
            raise BundleError(f"Its {member.filename} is larger than {most // MEGABYTE} MB.")
    if not members:
        raise BundleError("It is empty.")
    return sorted(member.filename for member in members)
