"""Checkpoints to resume a training after a crash, a pause or a cancel: the newest full state and the best epoch."""

from typing import TYPE_CHECKING

import numpy as np

from mnist_core.errors import DamagedFile, RunError
from mnist_core.runs.files import atomic_write, read_arrays
from mnist_core.runs.run import Run

if TYPE_CHECKING:
    import keras

BEST_FILE = "best.npz"


class Checkpoints:
    """A run's folder ``resume/``: epoch-EPOCHS+STEPS.keras, the full state, and best.npz, the best epoch's weights.

    The best epoch is the first with the highest validation accuracy. Its weights stay in memory until the next state
    is saved.
    """

    def __init__(self, run: Run) -> None:
        self._folder = run.path / "resume"
        point = run.resume_point()
        self.position = (point.epochs, point.steps) if point else (0, 0)  # complete epochs, further batches
        self.best_epoch, self._best_accuracy = self.position[0], -1.0
        self._best_weights: list[np.ndarray] = []  # empty before the first complete epoch
        self._best_is_new = False
        if (self._folder / BEST_FILE).exists():
            self._read_best()

    def update_best(self, epoch: int, accuracy: float, model: "keras.Model") -> None:
        """Keep ``model``'s weights if ``epoch`` is the best so far."""
        if accuracy > self._best_accuracy:
            self.best_epoch, self._best_accuracy, self._best_weights = epoch, accuracy, model.get_weights()
            self._best_is_new = True

    def restore_best(self, model: "keras.Model") -> None:
        """Give ``model`` the best epoch's weights; before the first complete epoch, it keeps its own."""
        if self._best_weights:
            model.set_weights(self._best_weights)

    def save(self, model: "keras.Model", epochs: int, steps: int) -> None:
        """Save ``model`` with its optimizer's state as the newest checkpoint, and delete the older ones."""
        self._folder.mkdir(exist_ok=True)
        newest = self._folder / f"epoch-{epochs:03d}+{steps:04d}.keras"
        with atomic_write(newest) as path:
            model.save(path)
        if self._best_is_new:
            self._write_best()
        for state in self._folder.glob("epoch-*.keras"):
            if state != newest:
                state.unlink()

    def _read_best(self) -> None:
        try:
            arrays = read_arrays(self._folder / BEST_FILE)
            self.best_epoch, self._best_accuracy = int(arrays.pop("epoch")), float(arrays.pop("accuracy"))
            self._best_weights = [arrays[f"weights_{number}"] for number in range(len(arrays))]
        except (DamagedFile, LookupError, TypeError, ValueError) as error:
            run_id = self._folder.parent.name
            raise RunError(f"The run {run_id} cannot be resumed: {BEST_FILE} is damaged ({error}).") from error

    def _write_best(self) -> None:
        weights = {f"weights_{number}": weight for number, weight in enumerate(self._best_weights)}
        with atomic_write(self._folder / BEST_FILE) as path:
            np.savez(path, allow_pickle=False, epoch=self.best_epoch, accuracy=self._best_accuracy, **weights)
        self._best_is_new = False
