"""The Classifier as its clients call it: a Dask actor, each method of which returns a future at once."""

from typing import TYPE_CHECKING, Protocol

import numpy as np

from mnist_core.config import RunConfig
from mnist_core.engine.shared import JobProgress
from mnist_core.predictions import Explanation, Nearest, Prediction

if TYPE_CHECKING:
    from distributed import BaseActorFuture


class ClassifierActor(Protocol):
    """The methods of ``engine.classifier.Classifier``, which documents them; a test compares the signatures."""

    def ping(self) -> "BaseActorFuture[None]": ...

    def predict(self, model: str, digits: np.ndarray) -> "BaseActorFuture[Prediction]": ...

    def explain(self, model: str, digit: np.ndarray, *, epochs: bool) -> "BaseActorFuture[Explanation]": ...

    def nearest(self, model: str, digit: np.ndarray) -> "BaseActorFuture[Nearest]": ...

    def map(self, model: str, layer: int, method: str, path: str) -> "BaseActorFuture[JobProgress]": ...

    def import_model(self, content: bytes, config: RunConfig, home: str) -> "BaseActorFuture[str]": ...

    def import_run(self, content: bytes, home: str, person: str) -> "BaseActorFuture[str]": ...

    def measure_robustness(self, run: str) -> "BaseActorFuture[None]": ...

    def robustness_progress(self, run: str) -> "BaseActorFuture[JobProgress | None]": ...

    def hdf5(self, model: str) -> "BaseActorFuture[bytes]": ...
