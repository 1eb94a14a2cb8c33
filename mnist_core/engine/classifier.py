"""The Classifier: it runs on a worker of its own and answers for drawings, with the last few models kept loaded.

An answer waits for no explanation and for no measuring: those are made in threads of their own. Keras is imported
inside the functions: the pages' processes import this module to name what they ask for, and must stay free of it.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from mnist_core.config import RunConfig
from mnist_core.digits import mnist
from mnist_core.engine.jobs import Jobs
from mnist_core.engine.maps import Mapmaker
from mnist_core.engine.measuring import measure_run
from mnist_core.engine.protocol import Explanation, MapProgress, Nearest, Progress, Reading
from mnist_core.engine.worker import give_way
from mnist_core.runs.run import Run

if TYPE_CHECKING:
    from mnist_core.network.inside import Inside
    from mnist_core.network.nearest import NearestDigits

MODELS_KEPT = 4
NEIGHBOURHOODS_KEPT = 2  # of the models'; one takes 60 to 120 MB
NEIGHBOURS = 5
T = TypeVar("T")


class Loaded:
    """A model file, ready to answer; what only explanations need is made when they first ask for it."""

    def __init__(self, path: Path, *, foreign: bool = False) -> None:
        """``foreign``: the file need not be of this lab's making, and is read as one that anybody may have made.

        Raises ModelError when the file is missing or unusable.
        """
        from mnist_core.network import importing
        from mnist_core.network import model as network
        from mnist_core.network.typicality import Typicality

        self._run = Run(path.parent)
        self._model = importing.load_file(path, mnist.load().train) if foreign else network.load(path)
        self._answers = network.answers(self._model)
        statistics = self._run.statistics if path in (self._run.model_path, self._run.hdf5_path) else {}
        self._typicality = Typicality(**statistics) if statistics else None

    def read(self, digits: np.ndarray) -> Reading:
        """What the model makes of ``digits``, uint8 (N, 28, 28)."""
        from mnist_core.network.inside import softmax

        if self._typicality is None or not len(digits):
            return Reading(self.probabilities(digits), None)
        hidden, logits = self.inside.all(digits)
        return Reading(softmax(logits), self._typicality.of(hidden, logits))

    def probabilities(self, digits: np.ndarray) -> np.ndarray:
        """What it answers for ``digits``, uint8 (N, 28, 28): float32 (N, 10), rows sum to 1."""
        from mnist_core.network import model as network

        return network.probabilities_by(self._answers, digits)

    def explain(self, digit: np.ndarray, *, epochs: bool) -> Explanation:
        """Why it answers so for ``digit``, uint8 (28, 28), and with ``epochs`` what it said while it learned."""
        from mnist_core.network import explain

        answer, runner_up = explain.two_best(self.inside, digit)
        present, missing = explain.saliency(self.inside, digit, answer=answer, runner_up=runner_up)
        return Explanation(
            answer=answer,
            runner_up=runner_up,
            activity=explain.activity(self.inside, digit),
            present=present,
            missing=missing,
            epochs={epoch: self._answer_after(path, digit) for epoch, path in self._run.snapshots.items() if epochs},
        )

    def gather(self) -> "NearestDigits":
        """All training digits as the model sees them."""
        from mnist_core.network.nearest import NearestDigits

        return NearestDigits(self.inside, mnist.load().train.images)

    def hidden(self, layer: int) -> np.ndarray:
        """What hidden ``layer``, counted from 1, passes on for each test digit: float32 (10000, units)."""
        hidden, _ = self.inside.all(mnist.load().test.images)
        return hidden[layer - 1]

    @cached_property
    def inside(self) -> "Inside":
        """Raises ModelError when nobody can look into the model."""
        from mnist_core.network.inside import Inside

        return Inside(self._model)

    def _answer_after(self, snapshot: Path, digit: np.ndarray) -> np.ndarray:
        from mnist_core.network import explain

        with np.load(snapshot, allow_pickle=False) as weights:
            return explain.answer_with(self._past, weights, digit)

    @cached_property
    def _past(self) -> "Inside":
        """A copy of its own for the weights of snapshots: others may ask for an answer meanwhile."""
        from mnist_core.network.inside import Inside

        return Inside(self._model)


class Classifier:
    """A Dask actor. Its plain methods answer in their turn; its async ones wait aside."""

    def __init__(self, default_model: str | None) -> None:
        """Import Keras and load ``default_model``, so that the first answer is as quick as the others."""
        self._loading = threading.Lock()
        self._models: OrderedDict[tuple[str, float], Loaded] = OrderedDict()
        self._neighbourhoods: OrderedDict[Loaded, NearestDigits] = OrderedDict()
        self._explaining, self._gathering, self._importing = (ThreadPoolExecutor(1) for _ in range(3))
        self._jobs = Jobs(give_way)
        self._mapmaker = Mapmaker(give_way)
        if default_model:
            self.read(default_model, np.zeros((1, 28, 28), np.uint8))

    def ping(self) -> None:
        """Answer nothing: whoever gets that knows that the Classifier is there."""

    def read(self, model: str, digits: np.ndarray) -> Reading:
        """What the model file makes of ``digits``, uint8 (N, 28, 28).

        Raises ModelError when the file is missing or unusable.
        """
        return self._loaded(Path(model)).read(digits)

    async def explain(self, model: str, digit: np.ndarray, *, epochs: bool) -> Explanation:
        """Why the model file answers so for ``digit``, uint8 (28, 28). Raises as ``read`` does."""
        return await _aside(self._explaining, lambda: self._loaded(Path(model)).explain(digit, epochs=epochs))

    async def nearest(self, model: str, digit: np.ndarray) -> Nearest:
        """The training digits that it finds most like ``digit``, uint8 (28, 28). Raises as ``read`` does."""
        return await _aside(self._gathering, lambda: self._nearest(self._loaded(Path(model)), digit))

    def map(self, model: str, layer: int, method: str, path: str) -> MapProgress:
        """How far the map at ``path`` is, of the test digits as hidden ``layer`` holds them; begins with it if need be.

        Raises as ``read`` does.
        """
        return self._mapmaker.ask(Path(path), lambda: self._loaded(Path(model)).hidden(layer), method)

    async def import_model(self, content: bytes, config: RunConfig, home: str) -> str:
        """Make a run of a model file that somebody made elsewhere, and tell its id. Raises as the worker's does."""
        from mnist_core.engine.worker import import_model

        return (await _aside(self._importing, lambda: import_model(content, config, Path(home)))).id

    async def import_run(self, content: bytes, home: str, person: str) -> str:
        """Make a run of one in a zip, and tell its id. Raises as the worker's does."""
        from mnist_core.engine.worker import import_run

        return (await _aside(self._importing, lambda: import_run(content, Path(home), person=person))).id

    def measure_robustness(self, run: str) -> None:
        """Have the robustness of the run at this path measured and kept in its folder; ``measuring`` tells how far."""
        measured = Run(Path(run))

        def load() -> Callable[[np.ndarray], np.ndarray]:
            return self._loaded(measured.model_path).probabilities

        self._jobs.start(run, lambda tell: measure_run(measured, mnist.load().test, load, tell))

    def measuring(self, run: str) -> Progress | None:
        """How far that is; None when nobody measures the run at this path."""
        return self._jobs.progress(run)

    def hdf5(self, model: str) -> bytes:
        """The model file as HDF5. Raises ModelError when it is missing or unusable."""
        from mnist_core.network import model as network

        return network.to_hdf5(network.load(Path(model)))

    def _nearest(self, loaded: Loaded, digit: np.ndarray) -> Nearest:
        if loaded not in self._neighbourhoods:
            self._neighbourhoods[loaded] = loaded.gather()
        neighbourhood = _newest(self._neighbourhoods, loaded, keep=NEIGHBOURHOODS_KEPT)
        return Nearest(*neighbourhood.of(digit, count=NEIGHBOURS))

    def _loaded(self, path: Path) -> Loaded:
        key = (str(path), path.stat().st_mtime if path.exists() else 0.0)
        with self._loading:
            if key not in self._models:
                self._models[key] = Loaded(path)
            return _newest(self._models, key, keep=MODELS_KEPT)


async def _aside(line: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(line, work)


def _newest(kept: OrderedDict, key: object, *, keep: int) -> object:
    """What ``kept`` has for ``key``; of the others only the last used stay."""
    kept.move_to_end(key)
    while len(kept) > keep:
        kept.popitem(last=False)
    return kept[key]
