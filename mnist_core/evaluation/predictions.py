"""Stored predictions of a run's networks for the test digits, of the finished network and of its snapshots.

Caches at most 32 arrays of probabilities (13 MB) and 256 arrays of predicted digits (3 MB).
"""

from functools import lru_cache
from pathlib import Path

import numpy as np

from mnist_core.errors import RunError
from mnist_core.runs.evaluation import are_probabilities
from mnist_core.runs.files import modified_ns
from mnist_core.runs.run import Run
from mnist_core.runs.snapshot import read_snapshot_arrays, snapshot_path

MAX_CACHED_PROBABILITIES = 32  # arrays of 0.4 MB each
MAX_CACHED_PREDICTIONS = 256  # arrays of 10 kB each


def probabilities(run: Run, epoch: int | None = None) -> np.ndarray:
    """The final probabilities of ``run`` for the test digits, or those after ``epoch``: float32 (10000, 10), read-only.

    Raises RunError if they are missing or damaged.
    """
    if epoch is None:
        return _final(run, modified_ns(run.evaluation.file))
    path = snapshot_path(run, epoch)
    return _after(path, modified_ns(path))


def predictions_by_epoch(run: Run) -> dict[int, np.ndarray]:
    """The predicted digits of the snapshots of ``run`` for the test digits, by epoch in ascending order.

    Each uint8 (10000,), read-only. Raises RunError if a snapshot is damaged.
    """
    return {epoch: _predictions_after(path, modified_ns(path)) for epoch, path in run.snapshots().items()}


@lru_cache(maxsize=MAX_CACHED_PROBABILITIES)
def _final(run: Run, _: int) -> np.ndarray:
    return _read_only(run.evaluation.read_probabilities())


@lru_cache(maxsize=MAX_CACHED_PROBABILITIES)
def _after(path: Path, _: int) -> np.ndarray:
    return _read_only(_read(path).astype(np.float32))


@lru_cache(maxsize=MAX_CACHED_PREDICTIONS)
def _predictions_after(path: Path, _: int) -> np.ndarray:
    return _read_only(_read(path).argmax(axis=1).astype(np.uint8))


def _read(path: Path) -> np.ndarray:
    array = read_snapshot_arrays(path, ["test_probabilities"])["test_probabilities"]
    if not are_probabilities(array):
        raise RunError(f"The snapshot {path.name} of the run {path.parents[1].name} has no valid predictions.")
    return array


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
