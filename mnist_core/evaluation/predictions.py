"""What a run's networks said of the test digits, at the end and after the epochs of its snapshots: read, not computed.

The last ones asked for are kept: 13 MB at most.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np

from mnist_core.runs.files import DAMAGED_ARCHIVE, changed
from mnist_core.runs.run import EVALUATION, Run, RunError
from mnist_core.runs.snapshot import snapshot_path

SHAPE = (10_000, 10)
KEPT = 32  # arrays of probabilities, 0.4 MB each
KEPT_ANSWERS = 256  # arrays of answers, 10 kB each


def probabilities(run: Run, epoch: int | None = None) -> np.ndarray:
    """The answers of ``run`` for the test digits, or those after ``epoch``: float32 (10000, 10), read-only.

    Raises RunError where they are gone or damaged; for the last ones as ``Run.test_probabilities`` does.
    """
    if epoch is None:
        return _final(run, changed(run.path / EVALUATION))
    path = snapshot_path(run, epoch)
    return _after(path, changed(path))


def answers_by_epoch(run: Run) -> dict[int, np.ndarray]:
    """Which digit the network of ``run`` took each test digit for, after each epoch that it kept a snapshot of.

    Each uint8 (10000,), read-only, by the epoch, in their order. Raises RunError where a snapshot is damaged.
    """
    return {epoch: _answers_after(path, changed(path)) for epoch, path in run.snapshots.items()}


@lru_cache(maxsize=KEPT)
def _final(run: Run, _: int) -> np.ndarray:
    return _read_only(run.test_probabilities)


@lru_cache(maxsize=KEPT)
def _after(path: Path, _: int) -> np.ndarray:
    return _read_only(_read(path).astype(np.float32))


@lru_cache(maxsize=KEPT_ANSWERS)
def _answers_after(path: Path, _: int) -> np.ndarray:
    return _read_only(_read(path).argmax(axis=1).astype(np.uint8))


def _read(path: Path) -> np.ndarray:
    try:
        with np.load(path, allow_pickle=False) as snapshot:
            found = snapshot["test_probabilities"]
    except DAMAGED_ARCHIVE as error:
        raise RunError(f"The snapshot {path.name} of the run {path.parents[1].name} cannot be read: {error}") from error
    if found.shape != SHAPE:
        raise RunError(f"The snapshot {path.name} of the run {path.parents[1].name} has answers of {found.shape}.")
    return found


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
