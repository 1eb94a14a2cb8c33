"""Writes a training into its run's folder as it happens, and hears there when someone wants it to stop."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mnist_core.digits.mnist import Split
from mnist_core.runs.evaluation import scores
from mnist_core.runs.files import csv_line, replacing
from mnist_core.runs.run import BATCH_COLUMNS, EPOCH_COLUMNS, Run

if TYPE_CHECKING:
    import keras

    from mnist_core.network.training import EpochResult, Progress

SNAPSHOTS = 12
SECONDS_BETWEEN_BEATS = 1.0
SECONDS_BETWEEN_LOOKS = 0.2


class Heartbeat:
    """Tells in status.json that the trainer lives, once a second, while Keras starts up and while it works.

    Inside the ``with`` block it is the only one that writes the status.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self.seconds = run.status.seconds  # of training so far; the recorder keeps it fresh

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        while self._run.path.exists():
            self._run.update(heartbeat=time.time(), seconds=self.seconds)
            if self._stopped.wait(SECONDS_BETWEEN_BEATS):
                return


class Recorder:
    """The listener of ``training.train`` that keeps a run's folder up to date."""

    def __init__(
        self,
        run: Run,
        test: Split,
        heartbeat: Heartbeat,
        *,
        epochs_done: int,
        watch: Callable[["Progress"], None] = lambda _: None,
    ) -> None:
        """``test``: the split that epochs are validated on. ``watch`` hears the progress too."""
        self._run = run
        self._test = test
        self._heartbeat = heartbeat
        self._watch = watch
        self._snapshot_epochs = snapshot_epochs(epochs_done + 1, run.config.total_epochs)
        run.truncate_history(epochs_done)
        history = run.epochs
        inherited = history["seconds"][history["epoch"] == run.config.inherited_epochs]
        self._seconds_before = float(history["seconds"][-1]) if len(history["seconds"]) else 0.0
        self._seconds_inherited = float(inherited[0]) if len(inherited) else 0.0
        self._next_look = 0.0
        self.epochs_done = epochs_done
        self._at(0.0)

    def on_progress(self, progress: "Progress") -> None:
        """Append a line to batches.csv."""
        row = (progress.epoch, progress.step, self._at(progress.seconds), progress.loss, progress.accuracy)
        self._append("batches.csv", BATCH_COLUMNS, row)
        self._watch(progress)

    def on_epoch(self, result: "EpochResult") -> None:
        """Append a line to epochs.csv; save the full state and, at the epochs chosen for it, a snapshot."""
        self.epochs_done = result.epoch
        self.save_state(result.model)
        if result.epoch in self._snapshot_epochs:
            self.save_snapshot(result.model, result.test_probabilities)
        test = scores(result.test_probabilities, self._test.labels)
        means = (result.loss, result.accuracy, test.test_loss, test.test_accuracy)
        # Last: once the line is there, everything that belongs to the epoch is.
        self._append("epochs.csv", EPOCH_COLUMNS, (result.epoch, self._at(result.seconds), *means))

    def wants_stop(self) -> bool:
        """Whether someone asked to cancel; control.json is read a few times a second."""
        if time.monotonic() < self._next_look:
            return False
        self._next_look = time.monotonic() + SECONDS_BETWEEN_LOOKS
        return self._run.cancel_requested

    def save_state(self, model: "keras.Model") -> None:
        """Save the full state, the optimizer's included, as resume/epoch-NNN.keras, and drop the older ones."""
        folder = self._run.path / "resume"
        folder.mkdir(exist_ok=True)
        newest = folder / f"epoch-{self.epochs_done:03d}.keras"
        with replacing(newest) as path:
            model.save(path)
        for state in folder.glob("epoch-*.keras"):
            if state != newest:
                state.unlink()

    def save_snapshot(self, model: "keras.Model", test_probabilities: np.ndarray) -> None:
        """Save the weights and the test probabilities in float16 as snapshots/epoch-NN.npz."""
        folder = self._run.path / "snapshots"
        folder.mkdir(exist_ok=True)
        weights = {
            f"{layer.name}/{weight.name}": weight.numpy().astype(np.float16)
            for layer in model.layers
            for weight in layer.trainable_weights
        }
        with replacing(folder / f"epoch-{self.epochs_done:02d}.npz") as path:
            np.savez_compressed(path, test_probabilities=test_probabilities.astype(np.float16), **weights)

    def _at(self, seconds: float) -> float:
        """Seconds of training behind the network, its parent's and those before an interruption among them."""
        at = self._seconds_before + seconds
        self._heartbeat.seconds = at - self._seconds_inherited
        return at

    def _append(self, name: str, columns: tuple[str, ...], row: tuple[float, ...]) -> None:
        path = self._run.path / name
        header = "" if path.exists() else csv_line(columns)
        with path.open("a") as file:
            file.write(header + csv_line(row))


def snapshot_epochs(first: int, last: int) -> set[int]:
    """At most 12 epochs, spread evenly from ``first`` to ``last``, both among them."""
    return {round(epoch) for epoch in np.linspace(first, last, min(SNAPSHOTS, last - first + 1))}
