"""The queue of runs that wait to be trained, first in, first out. It is stored in the run folders."""

import heapq
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from filelock import FileLock

from mnist_core.engine.shared import read_engine_facts
from mnist_core.errors import LabError
from mnist_core.runs import pace, scan
from mnist_core.runs.run import Run
from mnist_core.runs.status import QUEUED
from mnist_core.runs.view import ListedRun

MAX_WAITING_PER_PERSON = 2  # all runs of an experiment count as one
QUEUE_LOCK_FILE = "queue.lock"  # in the home folder
SNAPSHOT_SECONDS = 0.5  # for which a snapshot is cached: many pages poll their positions
OVERHEAD_SECONDS = 1.0  # per run: starting, saving and evaluating
MIN_PROGRESS = 0.05  # from which on a run's total time is extrapolated


class QueueFull(LabError):
    """A person has the maximum number of waiting runs."""


@dataclass(frozen=True)
class QueuePosition:
    """A waiting run's position: the number of runs before it, and the expected seconds until it starts."""

    ahead: int
    seconds: float


@dataclass(frozen=True)
class QueueSnapshot:
    """The runs that train and that wait at one moment. Times are the expected remaining seconds of each run."""

    in_training: tuple[float, ...]
    waiting: tuple[tuple[tuple[float, str], float], ...]  # (sort key, time), sorted
    trainers: int

    def position(self, sort_key: tuple[float, str]) -> QueuePosition:
        """The position of the run with this ``sort_key``, if each run before it takes the worker that is free first."""
        before = [*self.in_training, *(seconds for other, seconds in self.waiting if other < sort_key)]
        free_in = [0.0] * self.trainers
        for seconds in before:
            heapq.heapreplace(free_in, free_in[0] + seconds)
        return QueuePosition(len(before), free_in[0])


def waiting(home: Path) -> list[ListedRun]:
    """The runs in the queue, the next one first. Folders that cannot be read or are deleted meanwhile are skipped."""
    return _waiting(scan.unended_runs(home))


def position_of(run: Run, home: Path) -> QueuePosition:
    """The position of ``run``, at most SNAPSHOT_SECONDS old. Raises RunError when it cannot be read."""
    snapshot = _snapshot(home, int(time.monotonic() / SNAPSHOT_SECONDS))
    return snapshot.position(_sort_key(run.listed()))


def put_first(run: Run, home: Path) -> None:
    """Move ``run`` to the front of the queue; a run that does not wait any more is not changed."""
    with queue_lock(home):
        snapshot = waiting(home)
        if snapshot and snapshot[0].run != run:
            run.update(only_in=(QUEUED,), queued_at=max(snapshot[0].status.queued_at - 1, 0.0))


def check_quota(person: str, home: Path) -> None:
    """Raise QueueFull when ``person`` has MAX_WAITING_PER_PERSON waiting trainings; "", the command line, is exempt."""
    requests = {listed.config.experiment or listed.id for listed in waiting(home) if listed.config.person == person}
    if person and len(requests) >= MAX_WAITING_PER_PERSON:
        raise QueueFull(
            "You have two trainings waiting already, as many as one person may have. "
            "Wait until one has started, or cancel one."
        )


@contextmanager
def queue_lock(home: Path) -> Iterator[None]:
    """Hold the queue lock, so that a quota check stays valid until a run is added."""
    with FileLock(home / QUEUE_LOCK_FILE):
        yield


@lru_cache(maxsize=1)
def _snapshot(home: Path, period: int) -> QueueSnapshot:
    """The current queue, cached until this is called with another ``period``."""
    runs = scan.unended_runs(home)
    return QueueSnapshot(
        in_training=tuple(_remaining(listed, home) for listed in runs if listed.status.has_trainer),
        waiting=tuple((_sort_key(listed), _remaining(listed, home)) for listed in _waiting(runs)),
        trainers=trainers(home),
    )


def _waiting(runs: Iterable[ListedRun]) -> list[ListedRun]:
    """The waiting runs among ``runs``, the next one first."""
    return sorted((listed for listed in runs if listed.status.state == QUEUED), key=_sort_key)


def _sort_key(listed: ListedRun) -> tuple[float, str]:
    """The sort key of the queue."""
    return listed.status.queued_at, listed.id


def _remaining(listed: ListedRun, home: Path) -> float:
    """The remaining seconds of a run: extrapolated from its progress, or as expected before its start."""
    status, done = listed.status, listed.read_progress()
    expected = status.expected_seconds or pace.expected_seconds(listed.config, home)
    total = status.seconds / done if done > MIN_PROGRESS else expected
    return total * (1 - done) + OVERHEAD_SECONDS


def trainers(home: Path) -> int:
    """The number of runs that the engine trains at a time; 1 if it is not known."""
    facts = read_engine_facts(home)
    return max(1, facts.trainers) if facts else 1
