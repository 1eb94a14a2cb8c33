"""The client of the engine: it finds or starts the engine, calls the Classifier, and adds runs to the queue.

A background thread finds or starts the engine and imports Dask, so that no page waits for either; the other methods
wait for the Classifier or the queue lock.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import psutil

from mnist_core.config import RunConfig
from mnist_core.engine import embedding_maps, queue
from mnist_core.engine.embedding_maps import HiddenMap
from mnist_core.engine.launcher import EngineProcess
from mnist_core.engine.shared import (
    LOG_FILE,
    EngineError,
    EngineNotReady,
    JobProgress,
    client_name_prefix,
    lab_name,
)
from mnist_core.predictions import DigitPrediction, Explanation, Nearest, Prediction
from mnist_core.runs import scan, store
from mnist_core.runs.experiments import any_in_progress
from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, INTERRUPTED, PAUSED
from mnist_core.untrusted.file_limits import check_size, read_content

if TYPE_CHECKING:
    from distributed import BaseActorFuture, Client

    from mnist_core.engine.classifier_actor import ClassifierActor

START_TIMEOUT = 90.0  # seconds until the Classifier is ready; usually 7, longer with a cold disk
ANSWER_TIMEOUT = 20.0  # seconds for one call; usually 4 ms
IMPORT_TIMEOUT = 180.0  # seconds for an untrusted model; usually 5, up to two minutes for the largest
CONNECT_TIMEOUT = 5.0
RETRY_SECONDS = 0.1

T = TypeVar("T")


class EngineClient:
    """A client for the engine of one home folder. It is thread-safe: a process needs only one."""

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

    def classify(self, run: Run, digits: np.ndarray) -> np.ndarray:
        """The run's probabilities for ``digits``, uint8 (N, 28, 28): float32 (N, 10). Raises as ``predict`` does."""
        return self.predict(run, digits).probabilities

    def predict(self, run: Run, digits: np.ndarray) -> Prediction:
        """Predict the probabilities and typicality of ``digits``, uint8 (N, 28, 28), with the run's model.

        Raises EngineNotReady while the engine starts or reconnects, ModelError when the model is unusable.
        """
        return self._call(lambda classifier: classifier.predict(str(run.model_path), digits))

    def predict_digit(self, run: Run, digit: np.ndarray) -> DigitPrediction:
        """Predict one ``digit``, uint8 (28, 28), with the run's model. Raises as ``predict`` does."""
        batch = self.predict(run, digit[None])
        typicality = None if batch.typicality is None else float(batch.typicality[0])
        return DigitPrediction(batch.probabilities[0], run.id, run.read_config().name, typicality)

    def explain(self, run: Run, digit: np.ndarray, *, epochs: bool = True) -> Explanation:
        """Explain the prediction of the run's model for ``digit``, uint8 (28, 28). Raises as ``predict`` does.

        ``epochs`` adds the predictions of the run's snapshots, which takes most of the time. Other predictions do not
        wait for it.
        """
        return self._call(lambda classifier: classifier.explain(str(run.model_path), digit, epochs=epochs))

    def nearest(self, run: Run, digit: np.ndarray) -> Nearest:
        """Find the training digits most similar to ``digit``, uint8 (28, 28), in the model's hidden space.

        The first call takes seconds, because all 60,000 digits pass through the network. Other predictions do not wait
        for it. Raises as ``predict`` does.
        """
        return self._call(lambda classifier: classifier.nearest(str(run.model_path), digit))

    def map(self, hidden_map: HiddenMap) -> np.ndarray | JobProgress:
        """The positions of the test digits on a map, float32 (10000, 2), or the progress while it is computed.

        A map that is stored already needs no engine. Raises EngineError once when the computation has failed, and
        otherwise as ``predict`` does.
        """
        path = hidden_map.path(self._home)
        cached = embedding_maps.read(path)
        if cached is not None:
            return cached
        model = str(hidden_map.run.model_path)
        return self._call(lambda classifier: classifier.map(model, hidden_map.layer, hidden_map.method, str(path)))

    def hdf5(self, run: Run) -> bytes:
        """The run's model as the bytes of an HDF5 file. Raises as ``predict`` does."""
        if run.hdf5_path.exists():
            return run.hdf5_path.read_bytes()
        return self._call(lambda classifier: classifier.hdf5(str(run.model_path)))

    def import_model(self, file: Path | bytes, name: str, person: str = "") -> Run:
        """Create a run from an untrusted ``.keras`` or ``.h5`` file, given by its path or content, and return it.

        It takes seconds, because the network is evaluated; other predictions do not wait for it. Raises ModelError
        with the reason when the file is not supported, ConfigError when the name is invalid, and otherwise as
        ``predict`` does.
        """
        config = RunConfig(name=name, person=person)
        content = read_content(file) if isinstance(file, Path) else check_size(file)
        return self._run_import(lambda classifier: classifier.import_model(content, config, str(self._home)))

    def import_run(self, content: bytes, person: str = "") -> Run:
        """Create a run from a zip that ``runs.archive.pack`` made, evaluate its network anew, and return the run.

        Raises RunError or ModelError with the reason when the zip is not valid, and otherwise as ``predict`` does.
        """
        return self._run_import(lambda classifier: classifier.import_run(content, str(self._home), person))

    def _run_import(self, method: "Callable[[ClassifierActor], BaseActorFuture[str]]") -> Run:
        return store.find(self._call(method, timeout=IMPORT_TIMEOUT), self._home)

    def measure_robustness(self, run: Run) -> None:
        """Start to measure the run's robustness, if that is not running yet. Returns at once.

        The result is saved in the run's folder. Raises as ``predict`` does.
        """
        self._call(lambda classifier: classifier.measure_robustness(str(run.path)))

    def robustness_progress(self, run: Run) -> JobProgress | None:
        """The progress or the error of ``measure_robustness``; None when the run is not being measured.

        Raises as ``predict`` does.
        """
        return self._call(lambda classifier: classifier.robustness_progress(str(run.path)))

    def train(self, config: RunConfig, lesson: Lesson | None = None) -> Run:
        """Add a new run to the queue, with the drawings that it should learn, and return it.

        Raises QueueFull when the person has too many waiting runs, RunError when the parent cannot be continued,
        EngineError when the home folder is not writable.
        """
        with self._locked_queue():
            queue.check_quota(config.person, self._home)
            run = store.create(config, self._home, lesson=lesson)
        self.ensure_started()
        return run

    def train_experiment(self, configs: list[RunConfig]) -> None:
        """Add the runs of an experiment to the queue in this order, unless other runs of it wait or train.

        Raises as ``train`` does.
        """
        with self._locked_queue():
            runs = [run for run in scan.scan(self._home).own if run.config.experiment == configs[0].experiment]
            if not any_in_progress(runs):
                queue.check_quota(configs[0].person, self._home)
                for config in configs:
                    store.create(config, self._home)
        self.ensure_started()

    def resume(self, run: Run) -> None:
        """Resume a run: at once if its worker still waits, otherwise through the queue, from its last full state.

        A run that is queued, running or finished is not changed. Raises QueueFull when the person has too many waiting
        runs, EngineError when the home folder is not writable.
        """
        with self._locked_queue():
            status = run.read_status()
            if status.state == PAUSED and not status.suspended:
                run.update_control(pause=False)
            elif status.state in (PAUSED, CANCELLED, INTERRUPTED, FAILED):
                queue.check_quota(run.read_config().person, self._home)
                run.requeue()
        self.ensure_started()

    @contextmanager
    def _locked_queue(self) -> Iterator[None]:
        try:
            with queue.queue_lock(self._home):
                yield
        except OSError as error:
            raise EngineError(f"The training could not be queued: {error.strerror or error}.") from error

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
