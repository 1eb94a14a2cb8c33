"""2D maps of the test digits in a network's hidden layers: computed on a worker, stored in the home folder."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_core.digits.projection import METHODS
from mnist_core.engine.shared import MapProgress
from mnist_core.runs.files import atomic_write
from mnist_core.runs.run import Run
from mnist_core.untrusted.arrays import READ_ERRORS

FOLDER = "maps"  # in the home folder
MAX_UNSAVED_SHARE = 0.99  # the share is 1 only after the map is saved
MAX_STORED_MAPS = 100  # of 80 kB each; the oldest are deleted


@dataclass(frozen=True)
class HiddenMap:
    """A map of the outputs of hidden ``layer``, counted from 1, of the run's network.

    ``method``: the projection, one of projection.METHODS.
    """

    run: Run
    layer: int
    method: str

    def path(self, home: Path) -> Path:
        """The path of the map's file, which changes when the run's model file changes."""
        modified = self.run.model_path.stat().st_mtime_ns if self.run.has_model() else 0
        return home / FOLDER / f"{self.run.id}-{modified:x}-{self.layer}-{self.method}.npy"


def read(path: Path) -> np.ndarray | None:
    """Read the map at ``path``, float32 (digits, 2); None if it is missing or damaged, as it is then made again."""
    try:
        positions = np.load(path, allow_pickle=False)
    except READ_ERRORS:
        return None
    shape = getattr(positions, "shape", ())
    return positions if len(shape) == 2 and shape[1] == 2 and np.isfinite(positions).all() else None


def save(path: Path, positions: np.ndarray) -> None:
    """Write a map atomically, and delete the oldest maps if there are more than MAX_STORED_MAPS."""
    path.parent.mkdir(exist_ok=True)
    with atomic_write(path) as temporary:
        np.save(temporary, positions)
    oldest_first = sorted(path.parent.glob("[!.]*.npy"), key=lambda file: file.stat().st_mtime)
    for old in oldest_first[:-MAX_STORED_MAPS]:
        old.unlink(missing_ok=True)


class EmbeddingJobs:
    """Computes maps, one at a time, in a background thread, and reports their progress."""

    def __init__(self, lower_priority: Callable[[], None] = lambda: None) -> None:
        """``lower_priority`` lowers the priority of the thread that calls it."""
        self._executor = ThreadPoolExecutor(1, "mapmaker", initializer=lower_priority)
        self._futures: dict[Path, Future] = {}
        self._progress: dict[Path, MapProgress] = {}

    def request(self, path: Path, features: Callable[[], np.ndarray], method: str) -> MapProgress:
        """The progress of the map at ``path``; the first request starts it, with ``features``, float (N, D).

        If the computation has failed, its error is raised once; the next request starts it again.
        """
        if path not in self._futures:
            self._futures[path] = self._executor.submit(self._make, path, features, method)
        elif self._futures[path].done():
            self._futures.pop(path).result()
            return MapProgress(1.0, None)
        return self._progress.get(path, MapProgress(0.0, None))

    def _make(self, path: Path, features: Callable[[], np.ndarray], method: str) -> None:
        def watch(share: float, positions: np.ndarray) -> None:
            self._progress[path] = MapProgress(min(share, MAX_UNSAVED_SHARE), positions)

        try:
            save(path, METHODS[method](features(), on_progress=watch))
        finally:
            self._progress.pop(path, None)
