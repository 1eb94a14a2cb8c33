"""Background jobs of a worker that take seconds: one after the other, at low priority."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from mnist_core.engine.shared import JobProgress
from mnist_core.errors import LabError


class ProgressCallback(Protocol):
    """Receives the share that is done, 0 to 1, and the unfinished result, if the job shows one."""

    def __call__(self, done: float, preview: np.ndarray | None = None, /) -> None: ...


class BackgroundJobs:
    """A queue of jobs by name. A job that already waits or runs is not started twice."""

    def __init__(self, lower_priority: Callable[[], None] = lambda: None) -> None:
        """``lower_priority`` lowers the priority of the thread that calls it."""
        self._executor = ThreadPoolExecutor(1, "jobs", initializer=lower_priority)
        self._jobs: dict[str, JobProgress] = {}

    def start(self, name: str, work: Callable[[ProgressCallback], object]) -> None:
        """Add ``work`` to the queue under ``name``, unless it is there. It gets a callback for its progress."""
        current = self._jobs.get(name)
        if current is None or current.error is not None:
            self._jobs[name] = JobProgress()
            self._executor.submit(self._run, name, work)

    def progress(self, name: str) -> JobProgress | None:
        """The progress of the job, or its error; None when it has succeeded or was never started."""
        return self._jobs.get(name)

    def discard_error(self, name: str) -> None:
        """Treat the job, which has failed, as never started."""
        del self._jobs[name]

    def _run(self, name: str, work: Callable[[ProgressCallback], object]) -> None:
        started = time.monotonic()

        def report(done: float, preview: np.ndarray | None = None, /) -> None:
            self._jobs[name] = JobProgress(done, time.monotonic() - started, preview)

        report(0.0)
        try:
            work(report)
        except Exception as error:  # noqa: BLE001, any error must be reported to those who wait for the job
            reason = str(error) if isinstance(error, LabError) else f"{type(error).__name__}: {error}"
            self._jobs[name] = JobProgress(error=reason)
        else:
            del self._jobs[name]
