"""Training: Keras' ``fit``, watched by a listener."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import keras
import numpy as np

from mnist_core.config import TRAINING_DIGITS, RunConfig, TrainingConfig
from mnist_core.digits.mnist import Mnist
from mnist_core.errors import LabError
from mnist_core.network import model as network

UPDATES_PER_EPOCH = 30  # points on the live curve; between them Keras stays inside its graph
LONGEST_SILENCE = 0.2  # seconds between two looks at people's requests, on a slow machine
SLOW_MACHINE = 50e9  # floating-point operations a second that even a slow laptop does


class TrainingDiverged(LabError):
    """The loss is no longer a number."""


@dataclass(frozen=True)
class Progress:
    """Means over the last few batches. ``epoch`` and ``step`` count from 1, ``step`` in batches of this epoch.

    ``seconds`` is the training time so far, in this call of ``train``.
    """

    epoch: int
    step: int
    seconds: float
    loss: float
    accuracy: float


@dataclass(frozen=True)
class EpochResult:
    """An epoch's end. ``loss`` and ``accuracy`` are means over it, with dropout active, as Keras reports them.

    ``test_probabilities``: float32 (10000, 10), without dropout. ``model`` is the live model, to be saved or copied.
    """

    epoch: int
    seconds: float
    loss: float
    accuracy: float
    test_probabilities: np.ndarray
    model: keras.Model


class Listener(Protocol):
    """Who hears of a training. Both are called between two batches, in the thread that trains."""

    def on_progress(self, progress: Progress) -> None: ...

    def on_epoch(self, result: EpochResult) -> None: ...

    def wants_stop(self) -> bool: ...


def compile_for(model: keras.Model, config: TrainingConfig) -> None:
    """Give ``model`` its loss and Adam; a loaded model keeps its optimizer's state and gets the learning rate."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        optimizer = keras.optimizers.Adam(config.learning_rate)
    optimizer.learning_rate = config.learning_rate
    model.compile(
        optimizer=optimizer,
        # The sparse twin of the book's categorical cross-entropy: the same numbers without one-hot rows.
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=steps_per_execution(model.count_params(), config.batch_size),
    )


def steps_per_execution(parameters: int, batch_size: int) -> int:
    """How many batches run inside one call of the graph: few enough for live curves and quick answers.

    A step costs about 6 operations per parameter and digit: 2 forwards, 4 backwards (Kaplan et al., 2020).
    """
    for_curve = TRAINING_DIGITS // batch_size // UPDATES_PER_EPOCH
    for_requests = int(LONGEST_SILENCE * SLOW_MACHINE / (6 * parameters * batch_size))
    return max(1, min(for_curve, for_requests))


def train(
    model: keras.Model, config: RunConfig, data: Mnist, listener: Listener, *, epochs_done: int = 0
) -> keras.Model:
    """Train ``model`` on until it has ``config.total_epochs`` epochs behind it, or the listener wants a stop.

    ``epochs_done``: the epochs it has already. Returns ``model``. Raises TrainingDiverged when the loss is no
    longer a number.
    """
    training = config.training
    keras.utils.set_random_seed(training.seed + epochs_done)
    compile_for(model, training)
    model.fit(
        data.train.images,
        data.train.labels,
        batch_size=training.batch_size,
        initial_epoch=epochs_done,
        epochs=config.total_epochs,
        verbose=0,
        callbacks=[_Watch(data.test.images, training.batch_size, listener)],
    )
    return model


class _Watch(keras.callbacks.Callback):
    """Tells the listener of progress and epochs, and stops the training when it wants that."""

    def __init__(self, test_images: np.ndarray, batch_size: int, listener: Listener) -> None:
        super().__init__()
        self._test_images = test_images
        self._batch_size = batch_size
        self._listener = listener
        self._started = time.perf_counter()
        self._epoch = 0
        self._means = _RunningMeans()
        self._ask: Callable | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._ask = network.answers(self.model)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch + 1
        self._means = _RunningMeans()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        # The last execution of an epoch holds fewer batches than Keras counts.
        digits = min((batch + 1) * self._batch_size, TRAINING_DIGITS)
        recent = self._means.since_last(digits, logs)
        if not math.isfinite(recent["loss"]):
            raise TrainingDiverged(
                f"The loss became {recent['loss']} in epoch {self._epoch}: the training has diverged. "
                "Try a learning rate ten times lower, and leave scaling on."
            )
        step = math.ceil(digits / self._batch_size)
        self._listener.on_progress(Progress(self._epoch, step, self._seconds(), **recent))
        if self._listener.wants_stop():
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if self.model.stop_training:
            return  # a part of an epoch is no epoch
        probabilities = network.probabilities_by(self._ask, self._test_images)
        self._listener.on_epoch(
            EpochResult(self._epoch, self._seconds(), logs["loss"], logs["accuracy"], probabilities, self.model)
        )

    def _seconds(self) -> float:
        return time.perf_counter() - self._started


class _RunningMeans:
    """Means since the last look, out of the means since the epoch's start that Keras reports."""

    def __init__(self) -> None:
        self._digits = 0
        self._sums = {"loss": 0.0, "accuracy": 0.0}

    def since_last(self, digits: int, means: dict[str, float]) -> dict[str, float]:
        """The means over the digits seen since the last call; ``digits``: those seen since the epoch's start."""
        sums = {name: float(means[name]) * digits for name in self._sums}
        recent = {name: (sums[name] - self._sums[name]) / (digits - self._digits) for name in sums}
        self._digits, self._sums = digits, sums
        return recent
