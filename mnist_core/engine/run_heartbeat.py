"""The heartbeat of a process that trains a run."""

import threading
import time
from contextlib import suppress

from mnist_core.errors import RunError
from mnist_core.runs.run import Run

HEARTBEAT_SECONDS = 1.0


class Heartbeat:
    """Writes a timestamp to status.json every second, from the import of Keras to the end of the training."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self.seconds = run.read_status().seconds  # of training so far; the recorder updates it

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        while self._run.path.exists():
            with suppress(
                OSError, RunError
            ):  # on a full disk the training reports the error; a damaged file may be mended
                self._run.update(heartbeat=time.time(), seconds=self.seconds)
            if self._stopped.wait(HEARTBEAT_SECONDS):
                return
