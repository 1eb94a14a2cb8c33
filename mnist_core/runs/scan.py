"""Listing all runs of a lab: those shipped with the app, its own, and the folders that cannot be read."""

import os
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from mnist_core.errors import RunError
from mnist_core.runs.run import SHIPPED, Run
from mnist_core.runs.view import ListedRun

MAX_CACHED_RUNS = 4_096
SETTLED_SECONDS = 1.0  # since a folder's change: a later one has another time, however coarse the file system's clock
CREATION_SECONDS = 60.0  # a folder without status.json that is younger is a run that is being created


@dataclass(frozen=True)
class UnreadableRun:
    """The folder of a run that cannot be read, and the reason for people."""

    path: Path
    reason: str

    @property
    def shipped(self) -> bool:
        """Whether the folder is part of the app, and therefore stays where it is."""
        return Run(self.path).shipped


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


def unended_runs(home: Path) -> list[ListedRun]:
    """The lab's own readable runs that wait, train, pause or were interrupted, oldest first.

    For those who look several times a second: of a run that has ended, only the folder's time is looked at.
    """
    now, runs = time.time(), []
    settled_ns = int((now - SETTLED_SECONDS) * 1e9)
    with os.scandir(home / "runs") as entries:
        for entry in entries:
            try:
                changed_ns = entry.stat().st_mtime_ns
                if entry.is_dir() and not (changed_ns < settled_ns and _has_ended(entry.path, changed_ns)):
                    runs.append(_current(entry.path, now))
            except (OSError, RunError):  # deleted meanwhile, or unreadable
                continue
    return sorted((listed for listed in runs if not listed.status.ended), key=lambda listed: listed.id)


@lru_cache(maxsize=MAX_CACHED_RUNS)
def _has_ended(path: str, _: int) -> bool:
    """Whether the run at ``path`` has ended; cached until this is called with another time of its folder."""
    return Run(Path(path)).read_stored_status().ended


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
            runs.append(_current(path, now))
        except RunError as error:
            if not _is_changing(path, now):
                unreadable.append(UnreadableRun(Path(path), str(error)))
    return tuple(runs), tuple(unreadable)


def _current(path: str, now: float) -> ListedRun:
    """The run at ``path`` at the time ``now``. Raises RunError."""
    listed = _listed(path, _version(f"{path}/config.json"), _version(f"{path}/status.json"))
    return replace(listed, status=listed.status.at(now)) if listed.status.has_trainer else listed


@lru_cache(maxsize=MAX_CACHED_RUNS)
def _listed(path: str, *_: tuple[int, ...] | None) -> ListedRun:
    """The run at ``path``, cached until this is called with other versions of its files. Raises RunError."""
    run = Run(Path(path))
    return ListedRun(run, run.read_config(), run.read_stored_status())


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
