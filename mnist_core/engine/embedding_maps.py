"""2D maps of the test digits in a network's hidden layers: computed on a worker, stored in the home folder."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mnist_core.digits.projection import METHODS
from mnist_core.engine.background_jobs import BackgroundJobs
from mnist_core.engine.shared import EngineError, JobProgress
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
    if not isinstance(positions, np.ndarray) or positions.ndim != 2 or positions.shape[1] != 2:
        return None
    return positions if np.isfinite(positions).all() else None


def save(path: Path, positions: np.ndarray) -> None:
    """Write a map atomically, and delete the oldest maps if there are more than MAX_STORED_MAPS."""
    path.parent.mkdir(exist_ok=True)
    with atomic_write(path) as temporary:
        np.save(temporary, positions)
    oldest_first = sorted(path.parent.glob("[!.]*.npy"), key=lambda file: file.stat().st_mtime)
    for old in oldest_first[:-MAX_STORED_MAPS]:
        old.unlink(missing_ok=True)


class EmbeddingJobs:
    """Computes maps in the background, one at a time, and stores them."""

    def __init__(self, lower_priority: Callable[[], None] = lambda: None) -> None:
        """``lower_priority`` lowers the priority of the thread that calls it."""
        self._jobs = BackgroundJobs(lower_priority)

    def request(self, path: Path, features: Callable[[], np.ndarray], method: str) -> JobProgress:
        """The progress of the map at ``path``, 1 after it is stored; the first request starts it.

        ``features`` returns the vectors to project, float (N, D); the preview has positions, float32 (N, 2). If the
        computation has failed, its error is raised once as EngineError; the next request starts it again.
        """
        name = str(path)
        progress = self._jobs.progress(name)
        if progress is None:
            if read(path) is not None:
                return JobProgress(1.0)
            self._jobs.start(name, lambda report: save(path, METHODS[method](features(), on_progress=report)))
            return JobProgress()
        if progress.error is not None:
            self._jobs.discard_error(name)
            raise EngineError(progress.error)
        return replace(progress, done=min(progress.done, MAX_UNSAVED_SHARE))
