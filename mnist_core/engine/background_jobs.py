"""Work that takes seconds, aside from a worker's answers: one job after the other, at low priority."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from mnist_core.engine.protocol import Progress
from mnist_core.errors import LabError

ProgressCallback = Callable[[float], None]


class BackgroundJobs:
    """Jobs by name: whoever asks for one that waits or is at work shares it."""

    def __init__(self, lower_priority: Callable[[], None] = lambda: None) -> None:
        """``lower_priority`` lowers the priority of the thread that calls it."""
        self._line = ThreadPoolExecutor(1, "jobs", initializer=lower_priority)
        self._jobs: dict[str, Progress] = {}

    def start(self, name: str, work: Callable[[ProgressCallback], None]) -> None:
        """Put ``work`` in line under ``name``, unless it is there already. It tells what share of it is done."""
        known = self._jobs.get(name)
        if known is None or known.error is not None:
            self._jobs[name] = Progress()
            self._line.submit(self._do, name, work)

    def progress(self, name: str) -> Progress | None:
        """How far the job is; why it failed, where it did; None when it has ended well, or nobody asked for it."""
        return self._jobs.get(name)

    def _do(self, name: str, work: Callable[[ProgressCallback], None]) -> None:
        begun = time.monotonic()

        def tell(done: float) -> None:
            self._jobs[name] = Progress(done, time.monotonic() - begun)

        tell(0.0)
        try:
            work(tell)
        except Exception as error:  # noqa: BLE001, whatever ends a job must be told to those who wait for it
            reason = str(error) if isinstance(error, LabError) else f"{type(error).__name__}: {error}"
            self._jobs[name] = Progress(error=reason)
        else:
            del self._jobs[name]
