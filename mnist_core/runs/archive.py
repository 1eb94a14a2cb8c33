"""Export and import of a run as a zip file.

An imported zip is untrusted: its members, their sizes and all numbers are checked before a run is created, and the
predictions and scores in it are ignored: the worker that imports the run computes them again.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from mnist_core.config import MAX_NAME_LENGTH, RunConfig
from mnist_core.errors import DamagedFile, ModelError, RunError, one_line
from mnist_core.runs import scan
from mnist_core.runs.files import JSON_OBJECT, parse_config, parse_json, read_json
from mnist_core.runs.fine_tuning import FILE as LESSON_FILE
from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.run import SNAPSHOT_NAME, Run
from mnist_core.runs.snapshot import read_snapshot
from mnist_core.runs.status import CANCELLED, FINISHED, STATUS_JSON, Status
from mnist_core.untrusted.arrays import read_arrays
from mnist_core.untrusted.zip_safety import MEGABYTE, ZIP, ZIP_ERRORS, check_members

MAX_MEGABYTES = 128  # of a zip file, and of its unpacked content
MAX_MEMBERS = 100  # a run has about 20 files
CONFIG, STATUS, MODEL = "config.json", "status.json", "model.keras"
HISTORY = ("epochs.csv", "batches.csv")
SNAPSHOT_PATTERN = re.compile(rf"snapshots/{SNAPSHOT_NAME.pattern}")
MEMBER_PATTERN = re.compile(
    rf"{CONFIG}|{STATUS}|{MODEL}|epochs\.csv|batches\.csv|{LESSON_FILE}|imported\.json|{SNAPSHOT_PATTERN.pattern}"
)
# Other files of a run's folder; they are not imported but computed again when needed.
IGNORED = ("evaluation.npz", "model.h5", "robustness.json", "control.json")

T = TypeVar("T")


@dataclass(frozen=True)
class ArchivedRun:
    """A run from a zip, checked except for its network. ``files``: the members' contents by name."""

    config: RunConfig
    status: Status
    files: dict[str, bytes]

    @property
    def model(self) -> bytes:
        """The ``.keras`` file, not checked yet."""
        return self.files[MODEL]

    def unpack(self, folder: Path) -> None:
        """Write the history, snapshots and lesson to a new run's ``folder``, and check them by reading them.

        Raises RunError or LessonError when one is damaged or does not match the network.
        """
        for name, content in self.files.items():
            if name not in (CONFIG, STATUS, MODEL):
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_bytes(content)
        run = Run(folder)
        for columns in (run.read_epochs(), run.read_batches()):
            if not all(np.isfinite(column).all() for column in columns.values()):
                raise RunError("Its history holds something else than numbers.")
        for epoch in run.snapshots():
            read_snapshot(run, epoch)
        Lesson.read(folder)


def pack(run: Run) -> bytes:
    """Return ``run`` as a zip file, without the key that identifies its owner's browser.

    Raises RunError when it has no trained network yet.
    """
    if not run.has_model() or run.read_status().active:
        raise RunError(f"The run {run.read_config().name} has no trained network yet.")
    buffer = io.BytesIO()
    # Not compressed: weights are hardly compressible, and .npz and .keras files are compressed where useful.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(path for path in run.path.rglob("*") if path.is_file()):
            name = path.relative_to(run.path).as_posix()
            if name == CONFIG:
                values = read_json(path, JSON_OBJECT) | {"person": ""}
                archive.writestr(name, json.dumps(values, indent=2))
            elif MEMBER_PATTERN.fullmatch(name):
                archive.write(path, name)
    return buffer.getvalue()


def is_run(content: bytes) -> bool:
    """Whether ``content`` is a zip with a run's status, in contrast to a ``.keras`` file, which is a zip too."""
    if not content.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return STATUS in archive.namelist()
    except ZIP_ERRORS:
        return False


def unpack(content: bytes) -> ArchivedRun:
    """Read the run in a zip file. Raises RunError when it is damaged or no exported run."""
    if len(content) > MAX_MEGABYTES * MEGABYTE:
        raise RunError(f"The zip is larger than {MAX_MEGABYTES} MB.")
    files = _members(content)
    for name in (CONFIG, STATUS, MODEL):
        if name not in files:
            raise RunError(f"It lacks {name}, so it is no run of Digit Lab's.")
    for name, member in files.items():
        if name.endswith(".npz"):
            _check_arrays(name, member)
    status = _parse(files, STATUS, lambda content: parse_json(content, STATUS_JSON))
    if status.state not in (FINISHED, CANCELLED):
        raise RunError("Its training has not ended.")
    return ArchivedRun(_config(files), status, files)


def _members(content: bytes) -> dict[str, bytes]:
    """The contents of the allowed members by name, without IGNORED."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise RunError(f"It holds {len(members):,} files; a run has about 20.")
            check_members(members, max_bytes=MAX_MEGABYTES * MEGABYTE)
            names = [member.filename for member in members if not member.is_dir()]
            for name in names:
                if not MEMBER_PATTERN.fullmatch(name) and name not in IGNORED:
                    raise RunError(f"It holds {name[:60]!r}, which no run of Digit Lab's has.")
            return {name: archive.read(name) for name in names if name not in IGNORED}
    except ModelError as error:
        raise RunError(str(error)) from error
    except ZIP_ERRORS as error:
        raise RunError(f"The zip is damaged: {one_line(str(error))}.") from error


def _check_arrays(name: str, content: bytes) -> None:
    """Raise RunError when an ``.npz`` file, itself a zip, is damaged, too large, or holds more than finite numbers."""
    try:
        arrays = read_arrays(io.BytesIO(content))
    except DamagedFile as error:
        raise RunError(f"Its {name} is damaged: {error}.") from error
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise RunError(f"Its {name} holds numbers that are not finite.")


def _parse(files: dict[str, bytes], name: str, parse: Callable[[bytes], T]) -> T:
    try:
        return parse(files[name])
    except DamagedFile as error:
        raise RunError(f"Its {name} is damaged: {error}.") from error


def _config(files: dict[str, bytes]) -> RunConfig:
    """The run's configuration, marked as imported, without parent, experiment or person, and with a unique name."""
    config = _parse(files, CONFIG, parse_config)
    name = config.name
    if name in scan.shipped_names():
        name = f"{name} (imported)"[:MAX_NAME_LENGTH]
    return replace(config, name=name, parent=None, experiment="", experiment_set="", person="", from_archive=True)
