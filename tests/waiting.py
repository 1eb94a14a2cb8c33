"""Wait for a condition instead of sleeping, for as long as what leads there makes progress.

A limit in seconds would be a bet on the machine. So a wait goes on while runs are trained, wait or end, while an engine
starts, while processes end; it fails when nothing of that has moved for STALL_SECONDS, and says what stood still. A
heartbeat is no progress. Besides, pytest-timeout ends each test after ten minutes.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from mnist_core.engine.client import Engine
from mnist_core.engine.process import EngineProcess
from mnist_core.engine.protocol import ADDRESS_FILE, EngineNotReady

STALL_SECONDS = 120.0  # without any progress; a busy machine needs 20 or so for its slowest step
SECONDS_BETWEEN_LOOKS = 0.05  # at the condition, at least
SHARE_OF_LOOKING = 0.1  # of the time, at most: to look may mean to read all of a run's curves
SECONDS_BETWEEN_CHECKS = 1.0  # of the progress, which costs more
MEMORY_STEP = 2**26  # bytes; a process that imports TensorFlow grows by ten of these, one that only polls by none
SIGNS_OF_LIFE = ("heartbeat", "seconds")  # fields of status.json that change without progress
LOG_LINES = 15


class Progress:
    """What moves in the lab with this home folder, or nothing for None, and for how long nothing has."""

    def __init__(self, home: Path | None, look: Callable[[], object] = lambda: None) -> None:
        """``look``: what else counts as progress when it changes."""
        self._home = home
        self._look = look
        self._seen: object = None
        self._moved_at = self._next_check = time.monotonic()

    def check(self) -> None:
        """Fail with a report when nothing has moved for STALL_SECONDS."""
        now = time.monotonic()
        if now < self._next_check:
            return
        self._next_check = now + SECONDS_BETWEEN_CHECKS
        seen = (self._look(), lab_state(self._home)) if self._home else self._look()
        if seen != self._seen:
            self._seen, self._moved_at = seen, now
        if now - self._moved_at > STALL_SECONDS:
            raise AssertionError(f"Nothing has moved for {STALL_SECONDS:.0f} s.\n{report(self._home)}")


def wait_for(
    condition: Callable[[], object], *, home: Path | None = None, look: Callable[[], object] = lambda: None
) -> None:
    """Return as soon as ``condition`` holds; fail when what leads there stands still.

    ``home``: the lab whose progress counts, by default the one that $DIGIT_LAB_HOME names. ``look``: what else counts.
    """
    if home is None and "DIGIT_LAB_HOME" in os.environ:
        home = Path(os.environ["DIGIT_LAB_HOME"])
    progress = Progress(home, look)
    began = time.perf_counter()
    while not condition():
        looked = time.perf_counter() - began
        progress.check()
        time.sleep(max(SECONDS_BETWEEN_LOOKS, looked / SHARE_OF_LOOKING))
        began = time.perf_counter()


def wait_until_ready(engine: Engine, home: Path) -> None:
    """Wait until the engine answers drawings, however long it takes to start while it makes progress."""

    def ready() -> bool:
        engine.ensure_started()
        return engine.ready

    wait_for(ready, home=home)


def wait_until_gone(processes: Iterable[psutil.Process], *, home: Path | None = None) -> None:
    """Wait until none of them is left; what is dead and not yet collected by process 1 counts as gone."""
    processes = list(processes)

    def left() -> list[int]:
        return [process.pid for process in processes if _lives(process)]

    wait_for(lambda: not left(), home=home, look=left)


def lab_state(home: Path) -> dict[str, object]:
    """All that changes in a home folder while trainings or an engine make progress."""
    state: dict[str, object] = {path.parent.name: _run_state(path) for path in home.glob("runs/*/status.json")}
    return state | {"address": (home / ADDRESS_FILE).exists(), "engine": dict(_engine_memory(home))}


def report(home: Path | None) -> str:
    """How the lab's runs stand, and the last lines of its logs."""
    if home is None:
        return "No lab was watched."
    statuses = [f"{path.parent.name}: {path.read_text()}" for path in sorted(home.glob("runs/*/status.json"))]
    logs = [f"{path.name}:\n{_last_lines(path)}" for path in sorted(home.glob("*.log"))]
    return "\n".join([f"The lab in {home}:", *statuses, *logs])


def _run_state(path: Path) -> object:
    """The run's status without its signs of life, and how much of its curves is written."""
    status: dict[str, object] = {}
    with suppress(OSError, ValueError):  # it goes away, or is damaged, as tests have it
        status = json.loads(path.read_text())
    sizes = [file.stat().st_size for name in ("batches.csv", "epochs.csv") if (file := path.parent / name).exists()]
    return {name: value for name, value in status.items() if name not in SIGNS_OF_LIFE}, sizes


def _engine_memory(home: Path) -> Iterator[tuple[int, int]]:
    """Each of the engine's processes with its memory in MEMORY_STEPs: they grow while they start."""
    with suppress(EngineNotReady, psutil.Error):
        engine = EngineProcess(home).find()
        for process in (engine, *engine.children(recursive=True)):
            with suppress(psutil.Error):
                yield process.pid, process.memory_info().rss // MEMORY_STEP


def _last_lines(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-LOG_LINES:])


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
