"""Functions that wait for a condition for as long as the lab makes progress.

A fixed time limit would fail on a slow machine. So a wait goes on while runs' files change (except heartbeats), an
engine starts or processes end; after STALL_SECONDS without a change, it fails with a report.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from mnist_core.engine.client import EngineClient
from mnist_core.engine.launcher import EngineProcess
from mnist_core.engine.shared import ENGINE_FILE, EngineNotReady

STALL_SECONDS = 120.0  # without any progress; the slowest step takes about 20 s on a busy machine
POLL_INTERVAL_SECONDS = 0.05  # of the condition, at least
MAX_POLLING_SHARE = 0.1  # of the time; evaluating the condition may mean reading all of a run's curves
CHECK_INTERVAL_SECONDS = 1.0  # of the progress check, which takes longer
MEMORY_STEP_BYTES = 2**26  # a process that imports TensorFlow grows by ten of these, one that only polls by none
LIVENESS_FIELDS = ("heartbeat", "seconds")  # of status.json; they change without progress
MAX_LOG_LINES = 15


class Progress:
    """Watches a lab's home folder (None: no lab) for changes, and measures how long there was none."""

    def __init__(self, home: Path | None, extra_state: Callable[[], object] = lambda: None) -> None:
        """``extra_state``: returns a value whose change counts as progress too."""
        self._home = home
        self._extra_state = extra_state
        self._last_state: object = None
        self._changed_at = self._next_check = time.monotonic()

    def check(self) -> None:
        """Raise AssertionError with a report when nothing has changed for STALL_SECONDS."""
        now = time.monotonic()
        if now < self._next_check:
            return
        self._next_check = now + CHECK_INTERVAL_SECONDS
        state = (self._extra_state(), lab_state(self._home)) if self._home else self._extra_state()
        if state != self._last_state:
            self._last_state, self._changed_at = state, now
        if now - self._changed_at > STALL_SECONDS:
            raise AssertionError(f"Nothing has moved for {STALL_SECONDS:.0f} s.\n{report(self._home)}")


def wait_for(
    condition: Callable[[], object], *, home: Path | None = None, extra_state: Callable[[], object] = lambda: None
) -> None:
    """Return as soon as ``condition`` is true; raise AssertionError when there is no progress.

    ``home``: the lab whose progress counts, by default that of $DIGIT_LAB_HOME. ``extra_state``: as for ``Progress``.
    """
    if home is None and "DIGIT_LAB_HOME" in os.environ:
        home = Path(os.environ["DIGIT_LAB_HOME"])
    progress = Progress(home, extra_state)
    started_at = time.perf_counter()
    while not condition():
        elapsed = time.perf_counter() - started_at
        progress.check()
        time.sleep(max(POLL_INTERVAL_SECONDS, elapsed / MAX_POLLING_SHARE))
        started_at = time.perf_counter()


def wait_until_ready(engine: EngineClient, home: Path) -> None:
    """Start the engine, and wait until it can classify drawings."""

    def ready() -> bool:
        engine.ensure_started()
        return engine.ready

    wait_for(ready, home=home)


def wait_until_ended(processes: Iterable[psutil.Process], *, home: Path | None = None) -> None:
    """Wait until all of ``processes`` have ended; a zombie counts as ended."""
    processes = list(processes)

    def running_pids() -> list[int]:
        return [process.pid for process in processes if _is_running(process)]

    wait_for(lambda: not running_pids(), home=home, extra_state=running_pids)


def lab_state(home: Path) -> dict[str, object]:
    """What changes in a home folder while trainings or an engine make progress."""
    state: dict[str, object] = {path.parent.name: _run_state(path) for path in home.glob("runs/*/status.json")}
    return state | {"address": (home / ENGINE_FILE).exists(), "engine": dict(_engine_memory(home))}


def report(home: Path | None) -> str:
    """The statuses of the lab's runs, and the last lines of its logs."""
    if home is None:
        return "No lab was watched."
    statuses = [f"{path.parent.name}: {path.read_text()}" for path in sorted(home.glob("runs/*/status.json"))]
    logs = [f"{path.name}:\n{_last_lines(path)}" for path in sorted(home.glob("*.log"))]
    return "\n".join([f"The lab in {home}:", *statuses, *logs])


def _run_state(path: Path) -> object:
    """The run's status without LIVENESS_FIELDS, and the sizes of its CSV files."""
    status: dict[str, object] = {}
    with suppress(OSError, ValueError):  # a test may delete or damage it
        status = json.loads(path.read_text())
    sizes = [file.stat().st_size for name in ("batches.csv", "epochs.csv") if (file := path.parent / name).exists()]
    return {name: value for name, value in status.items() if name not in LIVENESS_FIELDS}, sizes


def _engine_memory(home: Path) -> Iterator[tuple[int, int]]:
    """Yield the id of each engine process with its memory in MEMORY_STEP_BYTES, which grows while it starts."""
    with suppress(EngineNotReady, psutil.Error):
        engine = EngineProcess(home).find()
        for process in (engine, *engine.children(recursive=True)):
            with suppress(psutil.Error):
                yield process.pid, process.memory_info().rss // MEMORY_STEP_BYTES


def _last_lines(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-MAX_LOG_LINES:])


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
