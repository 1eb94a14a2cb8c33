"""The connection to the engine: it finds or starts the engine's process, and calls the Classifier.

A background thread finds or starts the engine and imports Dask, so that no page waits for either.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import psutil

from mnist_core.engine.launcher import EngineProcess
from mnist_core.engine.shared import LOG_FILE, EngineError, EngineNotReady, client_name_prefix, lab_name

if TYPE_CHECKING:
    from distributed import BaseActorFuture, Client

    from mnist_core.engine.classifier_actor import ClassifierActor

START_TIMEOUT = 90.0  # seconds until the Classifier is ready; usually 7, longer with a cold disk
ANSWER_TIMEOUT = 20.0  # seconds for one call; usually 4 ms
CONNECT_TIMEOUT = 5.0
RETRY_SECONDS = 0.1

T = TypeVar("T")


class EngineConnection:
    """The connection of a process to the engine of one home folder; it is thread-safe."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._client: Client | None = None
        self._classifier: ClassifierActor | None = None
        self._process = EngineProcess(home)
        self._closed = False
        self.error: str | None = None  # of the last attempt to start it

    @property
    def ready(self) -> bool:
        """Whether the Classifier can predict now."""
        return self._classifier is not None and self._connected() and self._process.alive

    def process(self) -> psutil.Process:
        """The engine's process. Raises EngineNotReady when there is none."""
        return self._process.find()

    def ensure_started(self) -> None:
        """Start or reconnect the engine in the background if it is not ready. Returns at once."""
        with self._lock:
            if self._closed or self.ready or self._is_connecting():
                return
            self._thread = threading.Thread(target=self._connect_recording_error, name="engine", daemon=True)
            self._thread.start()

    def wait(self, timeout: float = START_TIMEOUT) -> None:
        """Wait until the Classifier is ready. Raises EngineError when it fails, or after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        self.ensure_started()
        while not self.ready:
            if not self._is_connecting():
                if self.error:
                    raise EngineError(self.error)
                self.ensure_started()
            if time.monotonic() > deadline:
                raise EngineError(f"The engine was not ready within {timeout:.0f} seconds.")
            time.sleep(RETRY_SECONDS)

    def close(self) -> None:
        """Disconnect from the engine, which ends by itself when no clients and no runs are left."""
        self._closed = True
        self._disconnect()

    def _disconnect(self) -> None:
        if self._client is not None:
            with suppress(TimeoutError):
                self._client.close(timeout=1)

    def _is_connecting(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _connected(self) -> bool:
        return self._client is not None and self._client.status == "running"

    def _call(self, method: "Callable[[ClassifierActor], BaseActorFuture[T]]", *, timeout: float = ANSWER_TIMEOUT) -> T:
        classifier = self._classifier
        if classifier is None or not self._connected():
            self.ensure_started()
            raise EngineNotReady(self.error or "The network is waking up.")
        try:
            return method(classifier).result(timeout=timeout)
        except (OSError, RuntimeError, TimeoutError) as error:
            # Its worker or the whole engine has died: connect again.
            self._classifier = None
            self.ensure_started()
            raise EngineNotReady("The network fell asleep and is waking up again.") from error

    def _connect_recording_error(self) -> None:
        try:
            self._connect()
            self.error = None
        except (EngineError, OSError) as error:
            self.error = str(error)

    def _connect(self) -> None:
        self._process.reset()  # ignore how an earlier engine process ended
        deadline = time.monotonic() + START_TIMEOUT
        while not self._closed:
            if not (self._connected() and self._process.alive):
                self._find_or_start()
            if self._connected() and (classifier := self._find_classifier()):
                self._classifier = classifier
                return
            if time.monotonic() > deadline:
                raise EngineError(f"The engine did not start. Its log may say why: {self._home / LOG_FILE}")
            time.sleep(RETRY_SECONDS)

    def _find_or_start(self) -> None:
        from distributed import Client

        # Dask logs a traceback when the engine dies; here it is restarted, and pages show a message.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self._classifier = None
        self._disconnect()
        if not self._process.alive:
            self._process.start()
        try:
            self._client = Client(
                self._process.address,
                name=f"{client_name_prefix(self._home)}-{uuid.uuid4().hex[:8]}",
                timeout=CONNECT_TIMEOUT,
                direct_to_workers=True,
            )
        except (EngineNotReady, OSError, ValueError):
            return  # not listening yet; the caller retries

    def _find_classifier(self) -> "ClassifierActor | None":
        from distributed import Variable
        from distributed.client import FutureCancelledError

        if self._client is None:
            return None
        try:
            with self._client.as_current():
                variable = Variable(lab_name(self._home), self._client)
                classifier: ClassifierActor = variable.get(timeout=1).result(timeout=1)
                classifier.ping().result(timeout=1)
                return classifier
        except (OSError, RuntimeError, TimeoutError, FutureCancelledError):
            return None
