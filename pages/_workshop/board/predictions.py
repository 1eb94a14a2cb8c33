"""What networks read in the room's drawings: a network is asked about each drawing once, all new ones in one batch."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache

import numpy as np

from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.leaderboards import LEARNED
from mnist_core.runs.run import Run
from pages._shared.services import engine, room

MOST_NETWORKS = 64  # whose answers are kept, 0.3 MB each where the room has 3,000 drawings


class Answers:
    """The answers so far, for all sessions of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, int], dict[str, int]] = OrderedDict()

    def has(self, run: Run) -> bool:
        """Whether ``run`` has been asked about drawings before, as it is now."""
        return _key(run) in self._known

    def of(self, run: Run, ids: Sequence[str]) -> np.ndarray:
        """What ``run`` reads in the drawings ``ids``: int64 (N,), 0 to 9.

        LEARNED stands for those that it has learned from, or that are gone. Raises as ``Engine.read`` and ``room`` do.
        """
        with self._lock:  # whoever comes meanwhile wants the same
            key = _key(run)
            before = self._known.get(key, {})
            known = {id_: before[id_] for id_ in ids if id_ in before}
            new = [id_ for id_ in ids if id_ not in known]
            self._known[key] = known | _ask(run, new)
            self._known.move_to_end(key)
            if len(self._known) > MOST_NETWORKS:
                self._known.popitem(last=False)
            return np.array([self._known[key].get(id_, LEARNED) for id_ in ids], np.int64)


def _key(run: Run) -> tuple[str, int]:
    """A run that goes on after it was cancelled keeps its id and gets another model."""
    return run.id, run.model_path.stat().st_mtime_ns


def _ask(run: Run, ids: Sequence[str]) -> dict[str, int]:
    digits = room().digits(ids) if ids else {}
    if not digits:
        return {}
    lesson = Lesson.read(run.path)
    learned = {image.tobytes() for image in lesson.images[lesson.learned]} if lesson else set()
    read = engine().classify(run, np.stack(list(digits.values()))).argmax(axis=1)
    return {
        id_: LEARNED if digit.tobytes() in learned else int(answer)
        for (id_, digit), answer in zip(digits.items(), read, strict=True)
    }


@cache
def answers() -> Answers:
    """Those of this process."""
    return Answers()
