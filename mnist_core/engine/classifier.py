"""The Classifier: it runs on a worker of its own and answers for drawings, with the last few models kept loaded.

An answer waits for no explanation and for no measuring: those are made in threads of their own. Keras is imported
inside the functions: the pages' processes import this module to name what they ask for, and must stay free of it.
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
from mnist_core.engine.maps import EmbeddingJobs
from mnist_core.engine.protocol import MapProgress, Progress
from mnist_core.engine.robustness import measure_run
from mnist_core.engine.worker import lower_priority
from mnist_core.predictions import Explanation, Nearest, Prediction
from mnist_core.runs.run import Run

if TYPE_CHECKING:
    from mnist_core.network.nearest import NearestDigits
    from mnist_core.network.predictor import Predictor

MODELS_KEPT = 4
NEIGHBOURHOODS_KEPT = 2  # of the models'; one takes 60 to 120 MB
NEIGHBOURS = 5
T = TypeVar("T")


def load_predictor(path: Path, *, untrusted: bool = False) -> "Predictor":
    """The model file at ``path`` with what the run in its folder knows about it.

    ``untrusted``: the file may come from anywhere, and is parsed in a sandbox. Raises ModelError when the file is
    missing or unusable.
    """
    from mnist_core.network import importing
    from mnist_core.network import model as network
    from mnist_core.network.predictor import Predictor

    run = Run(path.parent)
    model = importing.load_file(path, mnist.load().train) if untrusted else network.load(path)
    statistics = run.statistics if path in (run.model_path, run.hdf5_path) else None
    return Predictor(model, statistics=statistics, snapshots=run.snapshots)


class Classifier:
    """A Dask actor. Its plain methods answer in their turn; its async ones wait aside."""

    def __init__(self, default_model: str | None) -> None:
        """Import Keras and load ``default_model``, so that the first answer is as quick as the others."""
        self._loading = threading.Lock()
        self._models: OrderedDict[tuple[str, float], Predictor] = OrderedDict()
        self._neighbourhoods: OrderedDict[Predictor, NearestDigits] = OrderedDict()
        self._explaining, self._gathering, self._importing = (ThreadPoolExecutor(1) for _ in range(3))
        self._jobs = BackgroundJobs(lower_priority)
        self._mapmaker = EmbeddingJobs(lower_priority)
        if default_model:
            self.predict(default_model, np.zeros((1, 28, 28), np.uint8))

    def ping(self) -> None:
        """Answer nothing: whoever gets that knows that the Classifier is there."""

    def predict(self, model: str, digits: np.ndarray) -> Prediction:
        """Probabilities and typicality of ``digits`` by the model file, uint8 (N, 28, 28).

        Raises ModelError when the file is missing or unusable.
        """
        return self._predictor(Path(model)).predict(digits)

    async def explain(self, model: str, digit: np.ndarray, *, epochs: bool) -> Explanation:
        """Why the model file answers so for ``digit``, uint8 (28, 28). Raises as ``predict`` does."""
        return await _run_in_executor(
            self._explaining, lambda: self._predictor(Path(model)).explain(digit, epochs=epochs)
        )

    async def nearest(self, model: str, digit: np.ndarray) -> Nearest:
        """The training digits that it finds most like ``digit``, uint8 (28, 28). Raises as ``predict`` does."""
        return await _run_in_executor(self._gathering, lambda: self._nearest(self._predictor(Path(model)), digit))

    def map(self, model: str, layer: int, method: str, path: str) -> MapProgress:
        """How far the map at ``path`` is, of the test digits as hidden ``layer`` holds them; begins with it if need be.

        Raises as ``predict`` does.
        """
        return self._mapmaker.ask(Path(path), lambda: self._predictor(Path(model)).hidden(layer), method)

    async def import_model(self, content: bytes, config: RunConfig, home: str) -> str:
        """Make a run of a model file that somebody made elsewhere, and tell its id. Raises as the worker's does."""
        from mnist_core.engine.worker import import_model

        return (await _run_in_executor(self._importing, lambda: import_model(content, config, Path(home)))).id

    async def import_run(self, content: bytes, home: str, person: str) -> str:
        """Make a run of one in a zip, and tell its id. Raises as the worker's does."""
        from mnist_core.engine.worker import import_run

        return (await _run_in_executor(self._importing, lambda: import_run(content, Path(home), person=person))).id

    def measure_robustness(self, run: str) -> None:
        """Have the robustness of the run at this path measured and kept in its folder; ``measuring`` tells how far."""
        measured = Run(Path(run))

        def load() -> Callable[[np.ndarray], np.ndarray]:
            return self._predictor(measured.model_path).probabilities

        self._jobs.start(run, lambda tell: measure_run(measured, mnist.load().test, load, tell))

    def measuring(self, run: str) -> Progress | None:
        """How far that is; None when nobody measures the run at this path."""
        return self._jobs.progress(run)

    def hdf5(self, model: str) -> bytes:
        """The model file as HDF5. Raises ModelError when it is missing or unusable."""
        from mnist_core.network import model as network

        return network.to_hdf5(network.load(Path(model)))

    def _nearest(self, predictor: "Predictor", digit: np.ndarray) -> Nearest:
        if predictor not in self._neighbourhoods:
            self._neighbourhoods[predictor] = predictor.nearest_digits()
        neighbourhood = _lru_get(self._neighbourhoods, predictor, keep=NEIGHBOURHOODS_KEPT)
        return Nearest(*neighbourhood.of(digit, count=NEIGHBOURS))

    def _predictor(self, path: Path) -> "Predictor":
        key = (str(path), path.stat().st_mtime if path.exists() else 0.0)
        with self._loading:
            if key not in self._models:
                self._models[key] = load_predictor(path)
            return _lru_get(self._models, key, keep=MODELS_KEPT)


async def _run_in_executor(line: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(line, work)


def _lru_get(kept: OrderedDict, key: object, *, keep: int) -> object:
    """What ``kept`` has for ``key``; of the others only the last used stay."""
    kept.move_to_end(key)
    while len(kept) > keep:
        kept.popitem(last=False)
    return kept[key]
