"""Writes a training into its run's folder as it happens, and hears there what people ask of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from mnist_core.digits.mnist import Split
from mnist_core.engine.checkpoints import Checkpoints
from mnist_core.engine.heartbeat import Heartbeat
from mnist_core.evaluation.scores import scores
from mnist_core.runs.control import Control
from mnist_core.runs.files import csv_line, replacing
from mnist_core.runs.run import BATCH_COLUMNS, EPOCH_COLUMNS, Run
from mnist_core.runs.status import PAUSED, RUNNING

if TYPE_CHECKING:
    import keras

    from mnist_core.network.training import EpochResult, Progress

SNAPSHOTS = 12
SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_BETWEEN_STATES = 10.0  # what a killed worker costs at most
SECONDS_PER_SLOW_BATCH = 0.25


class Recorder:
    """The callback of ``training.train`` that keeps a run's folder up to date and follows its control.json."""

    def __init__(
        self,
        run: Run,
        model: "keras.Model",
        *,
        validation: Split,
        test: Split,
        heartbeat: Heartbeat,
        suspend_after: float,
        watch: Callable[["Progress"], None] = lambda _: None,
    ) -> None:
        """``model``: what is trained. ``suspend_after``: seconds of a pause after which the training ends for now.

        ``watch`` hears the progress too.
        """
        self._run = run
        self._model = model
        self._validation = validation
        self._test = test
        self._heartbeat = heartbeat
        self._suspend_after = suspend_after
        self._watch = watch
        self.checkpoints = Checkpoints(run)
        self.position = self.checkpoints.position
        run.truncate_history(*self.position)
        self._snapshot_epochs = snapshot_epochs(self.position[0] + 1, run.config.total_epochs)
        history, batch_seconds = run.epochs, run.batches["seconds"]
        self._seconds_before = float(batch_seconds[-1]) if len(batch_seconds) else 0.0
        inherited = history["seconds"][history["epoch"] == run.config.inherited_epochs]
        self._seconds_inherited = float(inherited[0]) if len(inherited) else 0.0
        self._control = run.control
        self._next_look = self._saved_at = time.monotonic()
        self.seconds = 0.0  # of training, here
        self.recording_seconds = 0.0  # of those, spent writing
        self.suspended = False
        self._at(0.0)

    def on_progress(self, progress: "Progress") -> None:
        """Append a line to batches.csv and, now and then, save the full state."""
        with self._timed():
            row = (progress.epoch, progress.step, self._at(progress.seconds), progress.loss, progress.accuracy)
            self._append("batches.csv", BATCH_COLUMNS, row)
            self.position = (progress.epoch - 1, progress.step)
            between_epochs = progress.step == self._run.config.training.steps_per_epoch
            if time.monotonic() - self._saved_at > SECONDS_BETWEEN_STATES and not between_epochs:
                self.save_state()
        self._watch(progress)

    def on_epoch(self, result: "EpochResult") -> None:
        """Append a line to epochs.csv; remember the best epoch and, at the epochs chosen for it, keep a snapshot."""
        probabilities = result.answer(self._validation.images)
        snapshot = result.epoch in self._snapshot_epochs
        on_test = result.answer(self._test.images) if snapshot and self._test is not self._validation else probabilities
        with self._timed():
            self.position = (result.epoch, 0)
            found = scores(probabilities, self._validation.labels)
            self.checkpoints.update_best(result.epoch, found.test_accuracy, self._model)
            if snapshot:
                self.save_snapshot(on_test)
            means = (result.loss, result.accuracy, found.test_loss, found.test_accuracy)
            # Last: once the line is there, everything that belongs to the epoch is.
            self._append("epochs.csv", EPOCH_COLUMNS, (result.epoch, self._at(result.seconds), *means))

    def should_continue(self) -> bool:
        """Whether nobody wants a stop; waits as long as people want a pause, and a little in slow motion."""
        if self.controls().pause and not self._control.cancel:
            self._wait_while_paused()
        if self._control.slow_motion:
            time.sleep(SECONDS_PER_SLOW_BATCH)
        return not (self._control.cancel or self.suspended or self.out_of_patience)

    def controls(self) -> Control:
        """What is asked for in control.json, which is read a few times a second."""
        if time.monotonic() > self._next_look:
            self._next_look = time.monotonic() + SECONDS_BETWEEN_LOOKS
            self._control = self._run.control
        return self._control

    @property
    def own_seconds(self) -> float:
        """Seconds of training of this run, those before an interruption among them, its parent's not."""
        return self._heartbeat.seconds

    @property
    def out_of_patience(self) -> bool:
        """Whether early stopping is on and the best epoch is that long ago."""
        patience = self._run.config.training.patience
        return 0 < patience <= self.position[0] - self.checkpoints.best_epoch

    @property
    def complete(self) -> bool:
        """Whether nothing is left to train."""
        return self.position[0] >= self._run.config.total_epochs or self.out_of_patience

    def save_state(self) -> None:
        """Save what it takes to go on from here."""
        self.checkpoints.save(self._model, *self.position)
        self._saved_at = time.monotonic()

    def save_snapshot(self, test_probabilities: np.ndarray) -> None:
        """Save the weights and the test probabilities in float16 as snapshots/epoch-NN.npz.

        Uncompressed: weights hardly shrink, and compressing them takes longer than an epoch's share.
        """
        folder = self._run.path / "snapshots"
        folder.mkdir(exist_ok=True)
        weights = {
            f"{layer.name}/{weight.name}": weight.numpy().astype(np.float16)
            for layer in self._model.layers
            for weight in layer.trainable_weights
        }
        with replacing(folder / f"epoch-{self.position[0]:02d}.npz") as path:
            np.savez(path, test_probabilities=test_probabilities.astype(np.float16), **weights)

    def _wait_while_paused(self) -> None:
        """Until people want it to go on, or the pause is so long that others should have the worker."""
        began = time.monotonic()
        self._run.update(only_in=(RUNNING,), state=PAUSED)
        while self._control.pause and not self._control.cancel and not self.suspended:
            time.sleep(SECONDS_BETWEEN_LOOKS / 2)
            self.controls()
            self.suspended = time.monotonic() - began > self._suspend_after
        if not self.suspended:
            self._run.update(only_in=(PAUSED,), state=RUNNING)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.recording_seconds += time.perf_counter() - started

    def _at(self, seconds: float) -> float:
        """Seconds of training behind the network, its parent's and those before an interruption among them."""
        self.seconds = seconds
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
