"""The Classifier: a Dask actor on a dedicated worker that predicts digits, with the last few models in memory.

Explanations, nearest digits, imports, maps and robustness measurements run in threads of their own, so that predictions
never wait for them. Keras is imported inside functions, because processes that only submit work import this module and
must not import Keras.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from mnist_core.config import RunConfig
from mnist_core.digits import mnist
from mnist_core.engine.background_jobs import BackgroundJobs
from mnist_core.engine.embedding_maps import EmbeddingJobs
from mnist_core.engine.robustness_measurement import measure_run
from mnist_core.engine.shared import JobProgress
from mnist_core.engine.worker import lower_priority
from mnist_core.predictions import Explanation, Nearest, Prediction
from mnist_core.runs.run import Run

if TYPE_CHECKING:
    from mnist_core.network.nearest import NearestDigits
    from mnist_core.network.predictor import Predictor

MAX_CACHED_MODELS = 4
MAX_CACHED_INDEXES = 2  # indexes of nearest digits; one takes 60 to 120 MB
NEIGHBOUR_COUNT = 5
T = TypeVar("T")
Key = TypeVar("Key")


def load_predictor(path: Path, *, untrusted: bool = False) -> "Predictor":
    """Load the model file at ``path``, with the statistics and snapshots of the run in its folder.

    ``untrusted``: the file may come from anywhere and is parsed in a sandbox. Raises ModelError when the file is
    missing or unusable.
    """
    from mnist_core.network import importing
    from mnist_core.network import model as network
    from mnist_core.network.predictor import Predictor

    run = Run(path.parent)
    model = importing.load_file(path, mnist.load().train) if untrusted else network.load(path)
    statistics = run.evaluation.read_statistics() if path in (run.model_path, run.hdf5_path) else None
    return Predictor(model, statistics=statistics, snapshots=run.snapshots())


class Classifier:
    """A Dask actor. Its plain methods run one after the other; its async methods do not block the others."""

    def __init__(self, default_model: str | None) -> None:
        """Import Keras and load ``default_model``, so that the first prediction is as fast as the later ones."""
        self._load_lock = threading.Lock()
        self._models: OrderedDict[tuple[str, float], Predictor] = OrderedDict()
        self._nearest_indexes: OrderedDict[Predictor, NearestDigits] = OrderedDict()
        self._explain_pool, self._nearest_pool, self._import_pool = (ThreadPoolExecutor(1) for _ in range(3))
        self._robustness_jobs = BackgroundJobs(lower_priority)
        self._embedding_jobs = EmbeddingJobs(lower_priority)
        if default_model:
            self.predict(default_model, np.zeros((1, 28, 28), np.uint8))

    def ping(self) -> None:
        """Return None, which shows that the Classifier is alive."""

    def predict(self, model: str, digits: np.ndarray) -> Prediction:
        """Predict the probabilities and typicality of ``digits``, uint8 (N, 28, 28), with the model file.

        Raises ModelError when the file is missing or unusable.
        """
        return self._predictor(Path(model)).predict(digits)

    async def explain(self, model: str, digit: np.ndarray, *, epochs: bool) -> Explanation:
        """Explain the model file's prediction for ``digit``, uint8 (28, 28). Raises as ``predict`` does."""
        return await _run_in_executor(
            self._explain_pool, lambda: self._predictor(Path(model)).explain(digit, epochs=epochs)
        )

    async def nearest(self, model: str, digit: np.ndarray) -> Nearest:
        """Find the training digits most similar to ``digit``, uint8 (28, 28). Raises as ``predict`` does."""
        return await _run_in_executor(self._nearest_pool, lambda: self._nearest(self._predictor(Path(model)), digit))

    def map(self, model: str, layer: int, method: str, path: str) -> JobProgress:
        """The progress of the map at ``path``, of the test digits in hidden ``layer``; starts it if necessary.

        Raises EngineError, once, when the computation has failed.
        """
        return self._embedding_jobs.request(Path(path), lambda: self._predictor(Path(model)).hidden(layer), method)

    async def import_model(self, content: bytes, config: RunConfig, home: str) -> str:
        """Create a run from an untrusted model file, and return its id. Raises as the worker's function does."""
        from mnist_core.engine.worker import import_model

        return (await _run_in_executor(self._import_pool, lambda: import_model(content, config, Path(home)))).id

    async def import_run(self, content: bytes, home: str, person: str) -> str:
        """Create a run from an exported one, a zip, and return its id. Raises as the worker's function does."""
        from mnist_core.engine.worker import import_run

        return (await _run_in_executor(self._import_pool, lambda: import_run(content, Path(home), person=person))).id

    def measure_robustness(self, run: str) -> None:
        """Start to measure the robustness of the run at this path; the result is saved in its folder."""
        measured_run = Run(Path(run))

        def load() -> Callable[[np.ndarray], np.ndarray]:
            return self._predictor(measured_run.model_path).probabilities

        self._robustness_jobs.start(run, lambda report: measure_run(measured_run, mnist.load().test, load, report))

    def robustness_progress(self, run: str) -> JobProgress | None:
        """The progress of ``measure_robustness``; None when the run at this path is not being measured."""
        return self._robustness_jobs.progress(run)

    def hdf5(self, model: str) -> bytes:
        """Convert the model file to HDF5. Raises ModelError when it is missing or unusable."""
        from mnist_core.network import model as network

        return network.to_hdf5(network.load(Path(model)))

    def _nearest(self, predictor: "Predictor", digit: np.ndarray) -> Nearest:
        if predictor not in self._nearest_indexes:
            self._nearest_indexes[predictor] = predictor.nearest_digits()
        index = _lru_get(self._nearest_indexes, predictor, max_size=MAX_CACHED_INDEXES)
        return Nearest(*index.query(digit, count=NEIGHBOUR_COUNT))

    def _predictor(self, path: Path) -> "Predictor":
        key = (str(path), path.stat().st_mtime if path.exists() else 0.0)
        with self._load_lock:
            if key not in self._models:
                self._models[key] = load_predictor(path)
            return _lru_get(self._models, key, max_size=MAX_CACHED_MODELS)


async def _run_in_executor(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)


def _lru_get(cache: OrderedDict[Key, T], key: Key, *, max_size: int) -> T:
    """Return the value of ``key``, and remove the least recently used entries above ``max_size``."""
    cache.move_to_end(key)
    while len(cache) > max_size:
        cache.popitem(last=False)
    return cache[key]
