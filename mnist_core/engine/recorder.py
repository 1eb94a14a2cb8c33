"""The Recorder writes the progress of a training to its run's folder, and reads people's requests there."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np

from mnist_core.digits.mnist import Split
from mnist_core.engine.checkpoints import Checkpoints
from mnist_core.engine.run_heartbeat import Heartbeat
from mnist_core.errors import RunError
from mnist_core.evaluation.scores import scores
from mnist_core.runs.control import Control
from mnist_core.runs.files import atomic_write, csv_line
from mnist_core.runs.run import BATCH_COLUMNS, EPOCH_COLUMNS, Run
from mnist_core.runs.status import PAUSED, RUNNING

if TYPE_CHECKING:
    import keras

    from mnist_core.network.training import EpochResult, Progress

MAX_SNAPSHOTS = 12
CONTROL_POLL_SECONDS = 0.2
CHECKPOINT_SECONDS = 10.0  # the training time that is lost at most when a worker is killed
SLOW_MOTION_STEP_SECONDS = 0.25


class Recorder:
    """The callback of ``training.train`` that updates a run's folder and follows its control.json."""

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
        """``suspend_after``: seconds of a pause after which the run is suspended, to free its worker.

        ``watch`` is called with the progress of each chunk.
        """
        self._run = run
        self._config = run.read_config()
        self._model = model
        self._validation = validation
        self._test = test
        self._heartbeat = heartbeat
        self._suspend_after = suspend_after
        self._watch = watch
        self.checkpoints = Checkpoints(run)
        self.position = self.checkpoints.position
        run.truncate_history(*self.position)
        self._snapshot_epochs = snapshot_epochs(self.position[0] + 1, self._config.total_epochs)
        history, batch_seconds = run.read_epochs(), run.read_batches()["seconds"]
        # An epoch's row is written after its last batch's, and later: of both, so that no time is below the parent's.
        self._seconds_before = float(max([*history["seconds"][-1:], *batch_seconds[-1:]], default=0.0))
        inherited = history["seconds"][history["epoch"] == self._config.inherited_epochs]
        self._seconds_inherited = float(inherited[0]) if len(inherited) else 0.0
        self._control = run.read_control()
        self._next_poll = self._saved_at = time.monotonic()
        self.seconds = 0.0  # of training in this call
        self.recording_seconds = 0.0  # of these, for writing
        self.suspended = False
        self._set_seconds(0.0)

    def on_progress(self, progress: "Progress") -> None:
        """Append a row to batches.csv and, every CHECKPOINT_SECONDS, save the full state."""
        with self._timed():
            row = (progress.epoch, progress.step, self._set_seconds(progress.seconds), progress.loss, progress.accuracy)
            self._append("batches.csv", BATCH_COLUMNS, row)
            self.position = (progress.epoch - 1, progress.step)
            between_epochs = progress.step == self._config.training.steps_per_epoch
            if time.monotonic() - self._saved_at > CHECKPOINT_SECONDS and not between_epochs:
                self.save_state()
        self._watch(progress)

    def on_epoch(self, result: "EpochResult") -> None:
        """Append a row to epochs.csv, update the best epoch and, for the chosen epochs, save a snapshot."""
        probabilities = result.predict(self._validation.images)
        chosen = result.epoch in self._snapshot_epochs
        on_test = result.predict(self._test.images) if chosen and self._test is not self._validation else probabilities
        with self._timed():
            self.position = (result.epoch, 0)
            validation_scores = scores(probabilities, self._validation.labels)
            self.checkpoints.update_best(result.epoch, validation_scores.test_accuracy, self._model)
            if chosen:
                self.save_snapshot(on_test)
            means = (result.loss, result.accuracy, validation_scores.test_loss, validation_scores.test_accuracy)
            # Last, so that a row in epochs.csv means that everything else of the epoch is written.
            self._append("epochs.csv", EPOCH_COLUMNS, (result.epoch, self._set_seconds(result.seconds), *means))

    def should_continue(self) -> bool:
        """Whether to continue; blocks while the run is paused, and for SLOW_MOTION_STEP_SECONDS in slow motion."""
        if self.controls().pause and not self._control.cancel:
            self._wait_while_paused()
        if self._control.slow_motion:
            time.sleep(SLOW_MOTION_STEP_SECONDS)
        return not (self._control.cancel or self.suspended or self.out_of_patience)

    def controls(self) -> Control:
        """The content of control.json, which is read every CONTROL_POLL_SECONDS."""
        if time.monotonic() > self._next_poll:
            self._next_poll = time.monotonic() + CONTROL_POLL_SECONDS
            with suppress(RunError):  # a damaged control.json changes nothing
                self._control = self._run.read_control()
        return self._control

    @property
    def own_seconds(self) -> float:
        """Seconds of training of this run, including those before an interruption, without its parent's."""
        return self._heartbeat.seconds

    @property
    def out_of_patience(self) -> bool:
        """Whether early stopping is on and the best epoch is at least ``patience`` epochs ago."""
        patience = self._config.training.patience
        return 0 < patience <= self.position[0] - self.checkpoints.best_epoch

    @property
    def complete(self) -> bool:
        """Whether the training has ended, by its last epoch or by early stopping."""
        return self.position[0] >= self._config.total_epochs or self.out_of_patience

    def save_state(self) -> None:
        """Save a checkpoint to resume from."""
        self.checkpoints.save(self._model, *self.position)
        self._saved_at = time.monotonic()

    def save_snapshot(self, test_probabilities: np.ndarray) -> None:
        """Save the weights and the test probabilities in float16 as snapshots/epoch-NN.npz.

        Not compressed: weights hardly shrink, and compressing them takes too long.
        """
        folder = self._run.path / "snapshots"
        folder.mkdir(exist_ok=True)
        weights = {
            f"{layer.name}/{weight.name}": weight.numpy().astype(np.float16)
            for layer in self._model.layers
            for weight in layer.trainable_weights
        }
        with atomic_write(folder / f"epoch-{self.position[0]:02d}.npz") as path:
            np.savez(path, test_probabilities=test_probabilities.astype(np.float16), **weights)

    def _wait_while_paused(self) -> None:
        """Block until the run is resumed, cancelled or suspended."""
        started = time.monotonic()
        self._run.update(only_in=(RUNNING,), state=PAUSED)
        while self._control.pause and not self._control.cancel and not self.suspended:
            time.sleep(CONTROL_POLL_SECONDS / 2)
            self.controls()
            self.suspended = time.monotonic() - started > self._suspend_after
        if not self.suspended:
            self._run.update(only_in=(PAUSED,), state=RUNNING)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.recording_seconds += time.perf_counter() - started

    def _set_seconds(self, seconds: float) -> float:
        """Record ``seconds`` of this call; returns the total, with its parent's and those before an interruption."""
        self.seconds = seconds
        total_seconds = self._seconds_before + seconds
        self._heartbeat.seconds = total_seconds - self._seconds_inherited
        return total_seconds

    def _append(self, name: str, columns: tuple[str, ...], row: tuple[float, ...]) -> None:
        path = self._run.path / name
        header = "" if path.exists() else csv_line(columns)
        with path.open("a") as file:
            file.write(header + csv_line(row))


def snapshot_epochs(first: int, last: int) -> set[int]:
    """At most MAX_SNAPSHOTS epochs, evenly spaced from ``first`` to ``last``, both included."""
    return {round(epoch) for epoch in np.linspace(first, last, min(MAX_SNAPSHOTS, last - first + 1))}
