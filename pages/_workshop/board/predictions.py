"""A cache of the networks' predictions for the room's drawings; new drawings are predicted in one batch."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache

import numpy as np

from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.leaderboards import TRAINED_ON
from mnist_core.runs.run import Run
from pages._shared.services import engine, stored_drawings

MAX_CACHED_NETWORKS = 64  # 0.3 MB each in a room with 3,000 drawings


class PredictionCache:
    """The cached predictions, shared by all sessions of this process; a least recently used cache of networks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cache: OrderedDict[tuple[str, int], dict[str, int]] = OrderedDict()

    def has(self, run: Run) -> bool:
        """Return whether there are predictions of the current model of ``run``."""
        return _key(run) in self._cache

    def predict(self, run: Run, ids: Sequence[str]) -> np.ndarray:
        """Return the labels, 0 to 9, that ``run`` predicts for the drawings ``ids``: int64 (N,).

        TRAINED_ON marks drawings in its training data and deleted ones. Raises EngineNotReady and RoomError.
        """
        with self._lock:  # other sessions wait, because they need the same predictions
            key = _key(run)
            cached = self._cache.get(key, {})
            predictions = {id_: cached[id_] for id_ in ids if id_ in cached}
            new = [id_ for id_ in ids if id_ not in predictions]
            self._cache[key] = predictions | _predict(run, new)
            self._cache.move_to_end(key)
            if len(self._cache) > MAX_CACHED_NETWORKS:
                self._cache.popitem(last=False)
            return np.array([self._cache[key].get(id_, TRAINED_ON) for id_ in ids], np.int64)


def _key(run: Run) -> tuple[str, int]:
    """The time is part of the key, because a run that continues keeps its id and gets another model."""
    return run.id, run.model_path.stat().st_mtime_ns


def _predict(run: Run, ids: Sequence[str]) -> dict[str, int]:
    digits = stored_drawings().digits(ids) if ids else {}
    if not digits:
        return {}
    lesson = Lesson.read(run.path)
    learned = {image.tobytes() for image in lesson.images[lesson.learned]} if lesson else set()
    labels = engine().classify(run, np.stack(list(digits.values()))).argmax(axis=1)
    return {
        id_: TRAINED_ON if digit.tobytes() in learned else int(label)
        for (id_, digit), label in zip(digits.items(), labels, strict=True)
    }


@cache
def prediction_cache() -> PredictionCache:
    """Return the cache of this process."""
    return PredictionCache()
