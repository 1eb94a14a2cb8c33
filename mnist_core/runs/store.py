"""Creating and finding runs, and moving damaged ones away. They are in the home folder or shipped with the app."""

import itertools
import re
import shutil
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mnist_core import __version__, settings
from mnist_core.config import RunConfig
from mnist_core.errors import RunError, one_line
from mnist_core.runs import pace, scan
from mnist_core.runs.files import csv_line, remove_temporaries, write_json
from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.run import BATCH_COLUMNS, DISK_RESERVE, EPOCH_COLUMNS, SHIPPED, Run, runs_lock
from mnist_core.runs.status import FINISHED, QUEUED, State, Status

DEFAULT_RUNS = ("world", "book")  # the app's default model is the first of these that is shipped
SHIPPED_SNAPSHOTS = 6
SHIPPED_NAME = re.compile("[a-z0-9-]+")
DISK_RESERVE_BYTES = 32_768
DAMAGED_FOLDER = "damaged"  # in the home folder
LEFTOVER_PREFIXES = (".probe-", ".new-", ".deleted-")  # of prepare_home, create_finished and Run.delete
LEFTOVER_SECONDS = 3_600.0  # what is younger may belong to a process that is at work


def prepare_home() -> Path:
    """Create the home folder if it is missing, check that it can be written, and return it; called at process start.

    Deletes what killed processes left there. Raises RunError when the folder cannot be written.
    """
    path = settings.home()
    try:
        (path / "runs").mkdir(parents=True, exist_ok=True)
        probe = path / f".probe-{uuid.uuid4().hex}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise RunError(
            f"The lab's home folder {path} cannot be written ({error.strerror}). "
            f"Make it writable, or name another one in the environment variable {settings.HOME}."
        ) from error
    _remove_old_leftovers(path)
    return path


def _remove_old_leftovers(home: Path) -> None:
    """Delete what was left more than LEFTOVER_SECONDS ago in ``home`` and its folders.

    The runs are left to ``remove_leftovers``: looking into the folders of 1,000 runs takes 0.1 s and more.
    """
    before = time.time() - LEFTOVER_SECONDS
    remove_temporaries(home, before=before)
    for path in home.iterdir():
        if path.name != "runs":
            remove_temporaries(path, before=before)
        with suppress(OSError):  # another process may be deleting it, too
            if path.name.startswith(LEFTOVER_PREFIXES) and path.stat().st_mtime < before:
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()


def remove_leftovers(run: Run) -> None:
    """Delete the temporary files that killed processes left in the folder of ``run``; for its trainer.

    The lock is for the status and the control: another process may be writing them.
    """
    with runs_lock(run.home / "runs"):
        for folder in (run.path, run.path / "resume", run.path / "snapshots"):
            remove_temporaries(folder)


def move_damaged(home: Path) -> list[Path]:
    """Move the unreadable runs of ``home`` to its folder ``damaged/``, and return their new paths.

    Raises RunError when one cannot be moved.
    """
    folder = home / DAMAGED_FOLDER
    try:
        with runs_lock(home / "runs"):  # so that nobody repairs or deletes one between the scan and the move
            damaged = [unreadable.path for unreadable in scan.scan(home).unreadable if not unreadable.shipped]
            if damaged:
                folder.mkdir(exist_ok=True)
            return [path.rename(_free_path(folder / path.name)) for path in damaged]
    except OSError as error:
        raise RunError(
            f"The damaged runs cannot be moved to {folder} ({error.strerror}). Make the lab's home folder writable."
        ) from error


def _free_path(path: Path) -> Path:
    """``path``, with "-2", "-3", … appended if it is taken."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in itertools.count(2))
    return next(each for each in itertools.chain([path], numbered) if not each.exists())


def create(
    config: RunConfig, home: Path, *, state: State = QUEUED, lesson: Lesson | None = None, to_ship: bool = False
) -> Run:
    """Create a new run's folder. With ``config.parent`` it starts with the parent's history and training state.

    ``lesson``: drawings to train on, stored in the folder. ``state``: QUEUED lets the engine train the run; RUNNING
    is for a caller that trains it itself. ``to_ship``: it may have the name of a shipped run, which it will replace.
    Raises RunError when the parent is unknown or has no model, or the name is that of a shipped run.
    """
    if not to_ship:
        _check_name(config.name)
    run = Run(home / "runs" / _new_id())
    run.path.mkdir()
    try:
        if config.parent:
            _inherit(run, find(config.parent, home), config.inherited_epochs)
        if lesson:
            lesson.save(run.path)
        _write_config(run, config)
        (run.path / DISK_RESERVE).write_bytes(bytes(DISK_RESERVE_BYTES))
        # The status is written last, because a folder without one is not in the queue.
        now, expected = time.time(), pace.expected_seconds(config, home)
        status = Status(state=state, queued_at=now, heartbeat=now, expected_seconds=expected)
        write_json(run.path / "status.json", vars(status))
    except BaseException:
        shutil.rmtree(run.path)
        raise
    return run


def create_finished(config: RunConfig, home: Path, *, fill: Callable[[Run], dict[str, Any]]) -> Run:
    """Create a run that needs no training; its folder appears atomically, with all files.

    ``fill`` writes the run's files and returns further fields of its status, above all the scores. Raises RunError
    when the name is that of a shipped run.
    """
    _check_name(config.name)
    started = time.time()
    with TemporaryDirectory(prefix=".new-", dir=home) as folder:
        run = Run(Path(folder) / _new_id())
        run.path.mkdir()
        _write_config(run, config)
        for name, columns in (("epochs.csv", EPOCH_COLUMNS), ("batches.csv", BATCH_COLUMNS)):
            (run.path / name).write_text(csv_line(columns))
        status_fields = fill(run)
        times = {"queued_at": started, "started_at": started, "ended_at": time.time()}
        write_json(run.path / "status.json", vars(Status(**{"state": FINISHED} | times | status_fields)))
        return Run(run.path.rename(home / "runs" / run.id))


def _new_id() -> str:
    return f"{datetime.now():%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"


def _write_config(run: Run, config: RunConfig) -> None:
    versions = {name: version(name) for name in ("keras", "tensorflow")} | {"digit_lab": __version__}
    write_json(run.path / "config.json", config.to_json() | {"versions": versions})


def _inherit(run: Run, parent: Run, epochs: int) -> None:
    """Copy the history, the training state and the lesson of ``parent``. Raises RunError when one is damaged."""
    if not parent.has_model():
        raise RunError(f"The run {parent.read_config().name} has no trained network to go on from.")
    parent.read_epochs()
    parent.read_batches()
    if lesson := Lesson.read(parent.path):
        lesson.save(run.path)
    (run.path / "resume").mkdir()
    resume_file = f"resume/epoch-{epochs:03d}.keras"
    try:
        for name, copy in (("model.keras", resume_file), ("epochs.csv", "epochs.csv"), ("batches.csv", "batches.csv")):
            shutil.copyfile(parent.path / name, run.path / copy)
    except OSError as error:
        raise RunError(f"The run {parent.id} cannot be continued: {name}: {error.strerror or error}.") from error


def shipped_path(name: str) -> Path:
    """The folder of the shipped run called ``name``. Raises RunError unless the name can be one of a folder."""
    if not SHIPPED_NAME.fullmatch(name):
        raise RunError(f"A shipped run is named by small letters, digits and hyphens, not {one_line(repr(name))}.")
    return SHIPPED / name


def ship(run: Run) -> Run:
    """Copy ``run`` to its ``shipped_path``: without HDF5, with SHIPPED_SNAPSHOTS snapshots, in place of an older one.

    Raises RunError as ``shipped_path`` does.
    """
    target = Run(shipped_path(run.read_config().name))
    shutil.rmtree(target.path, ignore_errors=True)
    shutil.copytree(run.path, target.path, ignore=shutil.ignore_patterns("model.h5", "control.json", DISK_RESERVE))
    snapshots = target.snapshots()
    kept_indices = {round(index) for index in np.linspace(0, len(snapshots) - 1, SHIPPED_SNAPSHOTS)}
    for index, path in enumerate(snapshots.values()):
        if index not in kept_indices:
            path.unlink()
    return target


def rename(run: Run, name: str) -> None:
    """Rename ``run``. Raises ConfigError for an invalid name, RunError for the name of a shipped run."""
    _check_name(name)
    run.rename(name)


def _check_name(name: str) -> None:
    if name.strip() in scan.shipped_names():
        raise RunError(f"{name.strip()} is the name of a network that came with the app. Choose another one.")


def find(reference: str, home: Path) -> Run:
    """The run with the id ``reference``, else the newest with this name.

    Raises RunError, which lists the known names, when there is none.
    """
    for folder in (SHIPPED, home / "runs"):  # the fast path for an id, without reading all runs
        run = Run(folder / reference)
        if run.id == reference and _exists(run.path) and _is_readable(run):
            return run
    runs = scan.scan(home).runs
    named = [listed.run for listed in runs if listed.config.name == reference]
    if named:
        return named[-1]
    known_names = ", ".join(listed.config.name for listed in runs) or "none yet"
    raise RunError(f"There is no run called {reference!r}. Known runs: {known_names}.")


def find_or_open(reference: str, home: Path) -> Run:
    """As ``find``, else the run folder at the path ``reference``: for the command line, not for an address."""
    try:
        return find(reference, home)
    except RunError:
        if not _exists(Path(reference) / "config.json"):
            raise
    run = Run(Path(reference).resolve())
    run.listed()  # raises RunError when the run is unreadable
    return run


def _is_readable(run: Run) -> bool:
    with suppress(RunError):
        run.listed()
        return True
    return False


def _exists(path: Path) -> bool:
    """Whether there is such a file; False for a name that is too long or has a null byte."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def default_run(home: Path, pinned: str | None = None) -> Run | None:
    """The run that is used without a choice: the one with the id ``pinned``, else the shipped default.

    A pinned run that does not exist or has no model is ignored. None when no run is shipped.
    """
    if pinned is not None:
        with suppress(RunError):
            run = find(pinned, home)
            if run.has_model():
                return run
    return shipped_default_run()


def shipped_default_run() -> Run | None:
    """The first readable run of DEFAULT_RUNS, or None."""
    return next((run for name in DEFAULT_RUNS if _is_readable(run := Run(SHIPPED / name))), None)
