"""Background jobs of a worker that take seconds: one after the other, at low priority."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from mnist_core.engine.shared import Progress
from mnist_core.errors import LabError

ProgressCallback = Callable[[float], None]


class BackgroundJobs:
    """A queue of jobs by name. A job that already waits or runs is not started twice."""

    def __init__(self, lower_priority: Callable[[], None] = lambda: None) -> None:
        """``lower_priority`` lowers the priority of the thread that calls it."""
        self._executor = ThreadPoolExecutor(1, "jobs", initializer=lower_priority)
        self._jobs: dict[str, Progress] = {}

    def start(self, name: str, work: Callable[[ProgressCallback], None]) -> None:
        """Add ``work`` to the queue under ``name``, unless it is there. It gets a callback for its progress."""
        current = self._jobs.get(name)
        if current is None or current.error is not None:
            self._jobs[name] = Progress()
            self._executor.submit(self._run, name, work)

    def progress(self, name: str) -> Progress | None:
        """The progress of the job, or its error; None when it has succeeded or was never started."""
        return self._jobs.get(name)

    def _run(self, name: str, work: Callable[[ProgressCallback], None]) -> None:
        started = time.monotonic()

        def report(done: float) -> None:
            self._jobs[name] = Progress(done, time.monotonic() - started)

        report(0.0)
        try:
            work(report)
        except Exception as error:  # noqa: BLE001, any error must be reported to those who wait for the job
            reason = str(error) if isinstance(error, LabError) else f"{type(error).__name__}: {error}"
            self._jobs[name] = Progress(error=reason)
        else:
            del self._jobs[name]
