"""Maps of the test digits as a network's hidden layers hold them: made on a worker, kept in the home folder."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_core.digits.projection import METHODS
from mnist_core.engine.protocol import MapProgress
from mnist_core.runs.files import DAMAGED_ARCHIVE, replacing
from mnist_core.runs.run import Run

FOLDER = "maps"  # in the home folder
ALMOST = 0.99  # of a map that is laid out; it is done when it is kept
KEPT = 100  # maps of 80 kB; those made first go first


@dataclass(frozen=True)
class HiddenMap:
    """What a map is of: what hidden ``layer`` of the run's network, counted from 1, passes on, laid out by ``method``.

    ``method`` is one of projection.METHODS.
    """

    run: Run
    layer: int
    method: str

    def path(self, home: Path) -> Path:
        """Where it is kept. A run whose network is another than before has another map."""
        changed = self.run.model_path.stat().st_mtime_ns if self.run.has_model else 0
        return home / FOLDER / f"{self.run.id}-{changed:x}-{self.layer}-{self.method}.npy"


def read(path: Path) -> np.ndarray | None:
    """The map at ``path``, float32 (10000, 2); None where there is none that can be read."""
    try:
        return np.load(path, allow_pickle=False)
    except DAMAGED_ARCHIVE:
        return None


def keep(path: Path, positions: np.ndarray) -> None:
    """Write a map in one step, and drop the oldest where there are more than KEPT."""
    path.parent.mkdir(exist_ok=True)
    with replacing(path) as temporary:
        np.save(temporary, positions)
    oldest_first = sorted(path.parent.glob("[!.]*.npy"), key=lambda kept: kept.stat().st_mtime)
    for old in oldest_first[:-KEPT]:
        old.unlink(missing_ok=True)


class EmbeddingJobs:
    """Makes one map at a time, in a thread of its own, and tells how far it is with each."""

    def __init__(self, lower_priority: Callable[[], None] = lambda: None) -> None:
        """``lower_priority`` lowers the priority of the thread that calls it."""
        self._line = ThreadPoolExecutor(1, "mapmaker", initializer=lower_priority)
        self._asked: dict[Path, Future] = {}
        self._progress: dict[Path, MapProgress] = {}

    def ask(self, path: Path, features: Callable[[], np.ndarray], method: str) -> MapProgress:
        """How far the map at ``path`` is; whoever asks first has it made, of ``features``, float (N, D), by ``method``.

        Raises what went wrong, once: who then asks again has it tried again.
        """
        if path not in self._asked:
            self._asked[path] = self._line.submit(self._make, path, features, method)
        elif self._asked[path].done():
            self._asked.pop(path).result()
            return MapProgress(1.0, None)
        return self._progress.get(path, MapProgress(0.0, None))

    def _make(self, path: Path, features: Callable[[], np.ndarray], method: str) -> None:
        def watch(share: float, positions: np.ndarray) -> None:
            self._progress[path] = MapProgress(min(share, ALMOST), positions)

        try:
            keep(path, METHODS[method](features(), watch=watch))
        finally:
            self._progress.pop(path, None)
