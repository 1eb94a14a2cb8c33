"""The client of the engine: it asks the Classifier and adds runs to the queue; its methods wait for one of the two."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mnist_core.config import RunConfig
from mnist_core.engine import embedding_maps, queue
from mnist_core.engine.connection import EngineConnection
from mnist_core.engine.embedding_maps import HiddenMap
from mnist_core.engine.shared import EngineError, JobProgress
from mnist_core.predictions import DigitPrediction, Explanation, Nearest, Prediction
from mnist_core.runs import scan, store
from mnist_core.runs.experiments import any_in_progress
from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, INTERRUPTED, PAUSED
from mnist_core.untrusted.file_limits import check_size, read_content

if TYPE_CHECKING:
    from distributed import BaseActorFuture

    from mnist_core.engine.classifier_actor import ClassifierActor

IMPORT_TIMEOUT = 180.0  # seconds for an untrusted model; usually 5, up to two minutes for the largest


class EngineClient(EngineConnection):
    """A client for the engine of one home folder. It is thread-safe: a process needs only one."""

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
