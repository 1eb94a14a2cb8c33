"""The sign of life of whoever trains a run."""

import threading
import time
from contextlib import suppress

from mnist_core.runs.run import Run

SECONDS_BETWEEN_BEATS = 1.0


class Heartbeat:
    """Tells in status.json that the trainer lives, once a second, while Keras starts up and while it works."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self.seconds = run.status.seconds  # of training so far; the recorder keeps it fresh

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        while self._run.path.exists():
            with suppress(OSError):  # a full disk is the training's to tell
                self._run.update(heartbeat=time.time(), seconds=self.seconds)
            if self._stopped.wait(SECONDS_BETWEEN_BEATS):
                return
