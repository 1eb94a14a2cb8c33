"""The line of runs that wait to be trained. The run folders are the queue: first come, first served."""

import heapq
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from filelock import FileLock

from mnist_core.errors import LabError
from mnist_core.runs import pace
from mnist_core.runs.run import Run, RunError
from mnist_core.runs.status import QUEUED, Status

MOST_WAITING = 2  # trainings of one person; an experiment's runs count as one
ENGINE_FILE = "engine.json"  # in the home folder, written by the engine: "trainers" is how many runs it trains at once
LOCK_FILE = "queue.lock"
SECONDS_A_LOOK_HOLDS = 0.5  # a room full of pages asks for its places all the time
SECONDS_AROUND = 1.0  # of a training: taking it up, saving and evaluating
ENOUGH_PROGRESS = 0.05  # of a run, to tell its whole time from what it has taken so far


class QueueFull(LabError):
    """A person has as many runs waiting as one may have."""


@dataclass(frozen=True)
class QueuePosition:
    """A waiting run's place: how many are trained or wait before it, and in about how many seconds it starts."""

    ahead: int
    seconds: float


@dataclass(frozen=True)
class QueueSnapshot:
    """Who has a trainer and who waits for one, at one moment. Times are what each still needs, in seconds."""

    trained: tuple[float, ...]
    waiting: tuple[tuple[tuple[float, str], float], ...]  # (turn, time), in the order of their turns
    trainers: int

    def position(self, sort_key: tuple[float, str]) -> QueuePosition:
        """The position of the run with this ``sort_key``, if each run before it goes to the first free trainer."""
        before = [*self.trained, *(seconds for other, seconds in self.waiting if other < sort_key)]
        free_in = [0.0] * self.trainers
        for seconds in before:
            heapq.heapreplace(free_in, free_in[0] + seconds)
        return QueuePosition(len(before), free_in[0])


def waiting(home: Path) -> list[Run]:
    """The runs in line, the next one first. A folder that cannot be read, or goes away meanwhile, is not in line."""
    return [run for _, run, _ in _in_line(_statuses(home))]


def position_of(run: Run, home: Path) -> QueuePosition:
    """Where ``run`` stands, as it was within the last half second. Raises RunError when it cannot be read."""
    snapshot = _snapshot(home, int(time.monotonic() / SECONDS_A_LOOK_HOLDS))
    return snapshot.position(_sort_key(run, run.status))


def put_first(run: Run, home: Path) -> None:
    """Let ``run`` go before all others in line; one that does not wait any more is left as it is."""
    with queue_lock(home):
        snapshot = waiting(home)
        if snapshot and snapshot[0] != run:
            run.update(only_in=(QUEUED,), queued_at=snapshot[0].status.queued_at - 1)


def check_quota(person: str, home: Path) -> None:
    """Raise QueueFull when ``person`` has MOST_WAITING trainings in line; the command line, "", may have any number."""
    wishes = {run.config.experiment or run.id for run in waiting(home) if run.config.person == person}
    if person and len(wishes) >= MOST_WAITING:
        raise QueueFull(
            "You have two trainings waiting already, as many as one person may have. "
            "Wait until one has started, or cancel one."
        )


@contextmanager
def queue_lock(home: Path) -> Iterator[None]:
    """Alone among all who put runs in line: what was counted still holds when a run is added."""
    with FileLock(home / LOCK_FILE):
        yield


@lru_cache(maxsize=1)
def _snapshot(home: Path, look: int) -> QueueSnapshot:
    """The line as it is now; kept until somebody asks with another ``look``."""
    found = list(_statuses(home))
    return QueueSnapshot(
        trained=tuple(_left(run, status, home) for run, status in found if status.has_trainer),
        waiting=tuple((sort_key, _left(run, status, home)) for sort_key, run, status in _in_line(found)),
        trainers=trainers(home),
    )


def _in_line(found: Iterable[tuple[Run, Status]]) -> list[tuple[tuple[float, str], Run, Status]]:
    """Those of ``found`` that wait, with their turns, the next one first."""
    in_line = [
        (_sort_key(run, status), run, status) for run, status in found if status.state == QUEUED and _readable(run)
    ]
    return sorted(in_line, key=lambda each: each[0])


def _sort_key(run: Run, status: Status) -> tuple[float, str]:
    """What the line is sorted by."""
    return status.queued_at, run.id


def _statuses(home: Path) -> Iterator[tuple[Run, Status]]:
    for path in (home / "runs").iterdir():
        run = Run(path)
        try:
            status = run.status
        except RunError:
            continue
        yield run, status


def _readable(run: Run) -> bool:
    """Whether its settings can be read; else it cannot be trained."""
    with suppress(RunError):
        return bool(run.config)
    return False


def _left(run: Run, status: Status, home: Path) -> float:
    """Seconds that ``run`` should still need: by what it has taken so far, else by what was expected."""
    with suppress(RunError):
        progress = run.progress
        expected = status.expected_seconds or pace.expected_seconds(run.config, home)
        whole = status.seconds / progress if progress > ENOUGH_PROGRESS else expected
        return whole * (1 - progress) + SECONDS_AROUND
    return 0.0


def trainers(home: Path) -> int:
    """How many runs the engine trains at a time; 1 while that is not known."""
    with suppress(OSError, ValueError, LookupError, TypeError):
        return max(1, int(json.loads((home / ENGINE_FILE).read_text())["trainers"]))
    return 1
