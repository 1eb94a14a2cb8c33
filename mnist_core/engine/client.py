"""What pages call: find the engine or start it, ask the Classifier, put runs in line.

Only what asks the Classifier waits, and only for an answer; a background thread finds or starts the engine. Dask is
imported in that thread, so that a page is painted before it.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

from mnist_core.config import RunConfig
from mnist_core.engine import maps, queue
from mnist_core.engine.maps import HiddenMap
from mnist_core.engine.process import EngineProcess
from mnist_core.engine.protocol import (
    LOG_FILE,
    EngineError,
    EngineNotReady,
    MapProgress,
    Progress,
    lab_name,
    people_name,
)
from mnist_core.predictions import Explanation, Nearest, Prediction
from mnist_core.runs import store
from mnist_core.runs.experiments import in_hand
from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, INTERRUPTED, PAUSED
from mnist_core.untrusted.file_limits import content_of, small_enough

if TYPE_CHECKING:
    from distributed import Actor, Client

START_TIMEOUT = 90.0  # seconds to a ready Classifier; 7 are usual, a cold disk takes longer
ANSWER_TIMEOUT = 20.0  # seconds for one answer; 4 ms are usual
IMPORT_TIMEOUT = 180.0  # seconds for a model from elsewhere; 5 are usual, the largest need a minute or two
CONNECT_TIMEOUT = 5.0
SECONDS_BETWEEN_TRIES = 0.1


class Engine:
    """The engine of one home folder, seen from outside. One object serves all threads of a process."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._client: Client | None = None
        self._classifier: Actor | None = None
        self._process = EngineProcess(home)
        self._closed = False
        self.error: str | None = None  # why the last attempt to start it failed

    @property
    def ready(self) -> bool:
        """Whether a drawing would be answered at once."""
        return self._classifier is not None and self._connected() and self._process.alive

    def process(self) -> psutil.Process:
        """The engine's process. Raises EngineNotReady when there is none."""
        return self._process.find()

    def ensure_started(self) -> None:
        """See to it that the engine runs: start or mend it in the background if it does not. Returns at once."""
        with self._lock:
            if self._closed or self.ready or self._is_trying():
                return
            self._thread = threading.Thread(target=self._connect_recording_error, name="engine", daemon=True)
            self._thread.start()

    def wait(self, timeout: float = START_TIMEOUT) -> None:
        """Wait until the Classifier answers. Raises EngineError when it cannot, or not within ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        self.ensure_started()
        while not self.ready:
            if not self._is_trying():
                if self.error:
                    raise EngineError(self.error)
                self.ensure_started()
            if time.monotonic() > deadline:
                raise EngineError(f"The engine was not ready within {timeout:.0f} seconds.")
            time.sleep(SECONDS_BETWEEN_TRIES)

    def classify(self, run: Run, digits: np.ndarray) -> np.ndarray:
        """What the run's model answers for ``digits``, uint8 (N, 28, 28): float32 (N, 10), rows sum to 1.

        Raises as ``predict`` does.
        """
        return self.predict(run, digits).probabilities

    def predict(self, run: Run, digits: np.ndarray) -> Prediction:
        """What the run's model makes of ``digits``, uint8 (N, 28, 28): its answers, and whether they are digits at all.

        Raises EngineNotReady while the engine starts or is mended, ModelError when the model is unusable.
        """
        return self._ask(lambda classifier: classifier.predict(str(run.model_path), digits))

    def explain(self, run: Run, digit: np.ndarray, *, epochs: bool = True) -> Explanation:
        """Why the run's model answers as it does for ``digit``, uint8 (28, 28). Raises as ``predict`` does.

        Without ``epochs`` it does not tell what it said while it learned, which takes most of the time. Others'
        drawings are answered meanwhile.
        """
        return self._ask(lambda classifier: classifier.explain(str(run.model_path), digit, epochs=epochs))

    def nearest(self, run: Run, digit: np.ndarray) -> Nearest:
        """The training digits that are most similar to ``digit``, uint8 (28, 28), in the model's hidden space.

        Raises as ``predict`` does.

        The first time it takes seconds: all 60,000 pass through the network. Others' drawings are answered meanwhile.
        """
        return self._ask(lambda classifier: classifier.nearest(str(run.model_path), digit))

    def map(self, wanted: HiddenMap) -> np.ndarray | MapProgress:
        """Where the test digits lie on a map, float32 (10000, 2), or how far the engine is with making it: ask again.

        A map that was made before needs no engine. Raises as ``predict`` does.
        """
        path = wanted.path(self._home)
        kept = maps.read(path)
        if kept is not None:
            return kept
        model = str(wanted.run.model_path)
        return self._ask(lambda classifier: classifier.map(model, wanted.layer, wanted.method, str(path)))

    def hdf5(self, run: Run) -> bytes:
        """The run's model as an HDF5 file. Raises as ``classify`` does."""
        if run.hdf5_path.exists():
            return run.hdf5_path.read_bytes()
        return self._ask(lambda classifier: classifier.hdf5(str(run.model_path)))

    def import_model(self, file: Path | bytes, name: str, person: str = "") -> Run:
        """Make a run of a ``.keras`` or ``.h5`` file from elsewhere, given by its path or its content, and return it.

        It takes seconds: the network is tried and scored. Others' drawings are answered meanwhile. Raises ModelError
        with the reason when the file is none that can be read, ConfigError when nobody could read the name, and
        else as ``predict`` does.
        """
        config = RunConfig(name=name, person=person)
        content = content_of(file) if isinstance(file, Path) else small_enough(file)
        return self._imported(lambda classifier: classifier.import_model(content, config, str(self._home)))

    def import_run(self, content: bytes, person: str = "") -> Run:
        """Make a run of one in a zip, as ``runs.archive.pack`` makes them, and return it.

        Its network is scored anew. Raises RunError or ModelError with the reason when it cannot be had, and else as
        ``read`` does.
        """
        return self._imported(lambda classifier: classifier.import_run(content, str(self._home), person))

    def _imported(self, question: Callable[["Actor"], "object"]) -> Run:
        return store.find(self._ask(question, timeout=IMPORT_TIMEOUT), self._home)

    def measure_robustness(self, run: Run) -> None:
        """Have the run's robustness measured, and kept in its folder; ``measuring`` tells how far. Returns at once.

        Whoever asks meanwhile shares it. Raises as ``predict`` does.
        """
        self._ask(lambda classifier: classifier.measure_robustness(str(run.path)))

    def measuring(self, run: Run) -> Progress | None:
        """How far that is, or why it failed; None when nobody measures the run, or nobody any more.

        Raises as ``predict`` does.
        """
        return self._ask(lambda classifier: classifier.measuring(str(run.path)))

    def train(self, config: RunConfig, lesson: Lesson | None = None) -> Run:
        """Put a new run in line, with the drawings that it is to learn, and return it.

        Raises QueueFull when its person has enough runs waiting, RunError when its parent cannot be continued,
        EngineError when the home cannot be written.
        """
        with self._entering_line():
            queue.check_quota(config.person, self._home)
            run = store.create(config, self._home, lesson=lesson)
        self.ensure_started()
        return run

    def train_experiment(self, configs: list[RunConfig]) -> None:
        """Put the runs of an experiment in line, in this order; nothing is done while others of it wait or train.

        Raises as ``train`` does.
        """
        with self._entering_line():
            runs = [run for run in store.list_runs(self._home) if run.config.experiment == configs[0].experiment]
            if not in_hand(runs):
                queue.check_quota(configs[0].person, self._home)
                for config in configs:
                    store.create(config, self._home)
        self.ensure_started()

    def resume(self, run: Run) -> None:
        """Have a run go on: at once where its trainer waits for that, else in line, from its last full state.

        A run that waits, trains or has finished is left as it is. Raises QueueFull when its person has enough runs
        waiting, EngineError when the home cannot be written.
        """
        with self._entering_line():
            status = run.status
            if status.state == PAUSED and not status.suspended:
                run.ask(pause=False)
            elif status.state in (PAUSED, CANCELLED, INTERRUPTED, FAILED):
                queue.check_quota(run.config.person, self._home)
                run.requeue()
        self.ensure_started()

    @contextmanager
    def _entering_line(self) -> Iterator[None]:
        try:
            with queue.queue_lock(self._home):
                yield
        except OSError as error:
            raise EngineError(f"The training could not be put in line: {error.strerror or error}.") from error

    def close(self) -> None:
        """Leave the engine; it ends by itself when nobody else needs it."""
        self._closed = True
        self._disconnect()

    def _disconnect(self) -> None:
        if self._client is not None:
            with suppress(TimeoutError):
                self._client.close(timeout=1)

    def _is_trying(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _connected(self) -> bool:
        return self._client is not None and self._client.status == "running"

    def _ask(self, question: Callable[["Actor"], "object"], *, timeout: float = ANSWER_TIMEOUT) -> "object":
        classifier = self._classifier
        if classifier is None or not self._connected():
            self.ensure_started()
            raise EngineNotReady(self.error or "The network is waking up.")
        try:
            return question(classifier).result(timeout=timeout)
        except (OSError, RuntimeError, TimeoutError) as error:
            # Its worker or the whole engine is gone: look for it anew.
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
        self._process.reset()  # what became of an earlier one is old news
        deadline = time.monotonic() + START_TIMEOUT
        while not self._closed:
            if not (self._connected() and self._process.alive):
                self._find_or_start()
            if self._connected() and (classifier := self._find_classifier()):
                self._classifier = classifier
                return
            if time.monotonic() > deadline:
                raise EngineError(f"The engine did not start. Its log may say why: {self._home / LOG_FILE}")
            time.sleep(SECONDS_BETWEEN_TRIES)

    def _find_or_start(self) -> None:
        from distributed import Client

        # When the engine dies, Dask logs a traceback; here that is mended, and pages say so in words.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self._classifier = None
        self._disconnect()
        if not self._process.alive:
            self._process.start()
        try:
            self._client = Client(
                self._process.address,
                name=f"{people_name(self._home)}-{uuid.uuid4().hex[:8]}",
                timeout=CONNECT_TIMEOUT,
                direct_to_workers=True,
            )
        except (EngineNotReady, OSError, ValueError):
            return  # not listening yet; the caller tries again

    def _find_classifier(self) -> "Actor | None":
        from distributed import Variable
        from distributed.client import FutureCancelledError

        try:
            with self._client.as_current():
                classifier = Variable(lab_name(self._home), self._client).get(timeout=1).result(timeout=1)
                classifier.ping().result(timeout=1)
                return classifier
        except (OSError, RuntimeError, TimeoutError, FutureCancelledError):
            return None
