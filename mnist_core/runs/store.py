"""Creating, listing and finding runs: those shipped with the app and those of the home folder."""

import os
import shutil
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mnist_core import __version__, settings
from mnist_core.config import RunConfig
from mnist_core.runs import pace
from mnist_core.runs.files import csv_line, write_json
from mnist_core.runs.fine_tuning import FILE as LESSON_FILE
from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.run import BATCH_COLUMNS, DISK_RESERVE, EPOCH_COLUMNS, SHIPPED, Run, RunError
from mnist_core.runs.status import FINISHED, QUEUED, Status
from mnist_core.runs.view import ListedRun

DEFAULT_RUNS = ("world", "book")  # the app's default model is the first of these that is shipped
SHIPPED_SNAPSHOTS = 6
DISK_RESERVE_BYTES = 32_768
MAX_CACHED_RUNS = 4_096
CREATION_SECONDS = 60.0  # a folder without status.json that is younger is a run that is being created


def prepare_home() -> Path:
    """Create the home folder if it is missing, check that it can be written, and return it; called at process start.

    Raises RunError when the folder cannot be written.
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
    return path


def create(config: RunConfig, home: Path, *, state: str = QUEUED, lesson: Lesson | None = None) -> Run:
    """Create a new run's folder. With ``config.parent`` it starts with the parent's history and training state.

    ``lesson``: drawings to train on, stored in the folder. ``state``: QUEUED lets the engine train the run; RUNNING
    is for a caller that trains it itself. Raises RunError when the parent is unknown or has no model.
    """
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

    ``fill`` writes the run's files and returns further fields of its status, above all the scores.
    """
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
    if not parent.has_model():
        raise RunError(f"The run {parent.config.name} has no trained network to go on from.")
    (run.path / "resume").mkdir()
    shutil.copyfile(parent.model_path, run.path / "resume" / f"epoch-{epochs:03d}.keras")
    for name in ("epochs.csv", "batches.csv"):
        shutil.copyfile(parent.path / name, run.path / name)
    if (parent.path / LESSON_FILE).exists():
        shutil.copyfile(parent.path / LESSON_FILE, run.path / LESSON_FILE)


def ship(run: Run) -> Run:
    """Copy ``run`` to the folder of shipped runs, under its name, without HDF5 and with SHIPPED_SNAPSHOTS snapshots."""
    target = Run(SHIPPED / run.config.name)
    shutil.rmtree(target.path, ignore_errors=True)
    shutil.copytree(run.path, target.path, ignore=shutil.ignore_patterns("model.h5", "control.json", DISK_RESERVE))
    snapshots = target.snapshots()
    kept_indices = {round(index) for index in np.linspace(0, len(snapshots) - 1, SHIPPED_SNAPSHOTS)}
    for index, path in enumerate(snapshots.values()):
        if index not in kept_indices:
            path.unlink()
    return target


def rename(run: Run, name: str) -> Run:
    """Rename ``run``. Raises ConfigError for an invalid name, RunError for the name of a shipped run."""
    if name.strip() in shipped_names():
        raise RunError(f"{name.strip()} is the name of a network that came with the app. Choose another one.")
    return run.renamed(name)


@dataclass(frozen=True)
class UnreadableRun:
    """The folder of a run that cannot be read, and the reason for people."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Scan:
    """All runs of a lab at one moment: ``shipped`` with the app and its ``own``, oldest first, and the unreadable."""

    shipped: tuple[ListedRun, ...]
    own: tuple[ListedRun, ...]
    unreadable: tuple[UnreadableRun, ...]

    @property
    def runs(self) -> tuple[ListedRun, ...]:
        """The readable runs, the shipped ones first."""
        return self.shipped + self.own


def scan(home: Path) -> Scan:
    """All runs, each read once for all scans as long as its config.json and status.json do not change."""
    shipped, damaged = _scan(SHIPPED)
    own, unreadable = _scan(home / "runs")
    return Scan(shipped, own, damaged + unreadable)


def shipped_runs() -> tuple[ListedRun, ...]:
    """The readable runs that are part of the app."""
    return _scan(SHIPPED)[0]


def shipped_names() -> set[str]:
    """The names of the shipped runs."""
    return {listed.config.name for listed in shipped_runs()}


def _scan(folder: Path) -> tuple[tuple[ListedRun, ...], tuple[UnreadableRun, ...]]:
    now, runs, unreadable = time.time(), [], []
    with os.scandir(folder) as entries:
        paths = sorted(entry.path for entry in entries if entry.is_dir())
    for path in paths:
        try:
            listed = _listed(path, _version(f"{path}/config.json"), _version(f"{path}/status.json"))
        except RunError as error:
            if not _is_changing(path, now):
                unreadable.append(UnreadableRun(Path(path), str(error)))
            continue
        runs.append(replace(listed, status=listed.status.at(now)) if listed.status.has_trainer else listed)
    return tuple(runs), tuple(unreadable)


@lru_cache(maxsize=MAX_CACHED_RUNS)
def _listed(path: str, *_: tuple[int, ...] | None) -> ListedRun:
    """The run at ``path``, cached until this is called with other versions of its files. Raises RunError."""
    run = Run(Path(path))
    return ListedRun(run, run.config, run.read_stored_status())


def _version(path: str) -> tuple[int, ...] | None:
    """What changes when a file does; None when it cannot be looked at."""
    try:
        stat = os.stat(path)  # not pathlib, which takes three times as long, for each of a thousand runs
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _is_changing(path: str, now: float) -> bool:
    """Whether the folder at ``path`` was deleted, or a run is being created in it: its status is written last."""
    try:
        return not os.path.exists(f"{path}/status.json") and now - os.stat(path).st_mtime < CREATION_SECONDS
    except OSError:
        return True


def find(reference: str, home: Path) -> Run:
    """The run with the id ``reference``, else the newest with this name, else the run folder at this path.

    Raises RunError, which lists the known names, when there is none.
    """
    for folder in (SHIPPED, home / "runs"):  # the fast path for an id, without reading all runs
        run = Run(folder / reference)
        if run.id == reference and _is_readable(run):
            return run
    runs = scan(home).runs
    named = [listed.run for listed in runs if listed.config.name == reference]
    if named:
        return named[-1]
    if _exists(Path(reference) / "config.json"):
        run = Run(Path(reference).resolve())
        _check(run)
        return run
    known_names = ", ".join(listed.config.name for listed in runs) or "none yet"
    raise RunError(f"There is no run called {reference!r}. Known runs: {known_names}.")


def _check(run: Run) -> None:
    """Raise RunError when the run is unreadable."""
    _ = run.config, run.read_status()


def _is_readable(run: Run) -> bool:
    with suppress(RunError):
        _check(run)
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
