"""The training loop: it trains chunks of batches, reports to a callback, and follows the callback's controls."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import keras
import numpy as np

from mnist_core.config import ON_HELD_OUT, RunConfig, TrainingConfig
from mnist_core.digits.handwriting import handwriting
from mnist_core.digits.mnist import Mnist, Split
from mnist_core.errors import LabError, TrainingDiverged
from mnist_core.network import model as network
from mnist_core.network.graph import ChunkResult, GraphTrainer, make_optimizer
from mnist_core.network.precision import FLOAT32

SECONDS_PER_CHUNK = 0.1  # the interval of the points of the live curve, and of the checks for people's requests
FIRST_CHUNK_STEPS = 8  # until the speed of the steps is known


class TrainingError(LabError):
    """The configuration cannot be trained."""


@dataclass(frozen=True)
class Progress:
    """The means over the last chunk of batches. ``epoch`` and ``step``, the batch within the epoch, count from 1.

    ``seconds`` is the training time so far in this call of ``train``, without pauses.
    """

    epoch: int
    step: int
    seconds: float
    loss: float
    accuracy: float


@dataclass(frozen=True)
class EpochResult:
    """The result of an epoch. ``loss`` and ``accuracy`` are means over its digits, with dropout and distortions.

    ``predict`` returns the network's probabilities, float32 (N, 10), without dropout, for uint8 (N, 28, 28).
    """

    epoch: int
    seconds: float
    loss: float
    accuracy: float
    predict: Callable[[np.ndarray], np.ndarray]


class TrainingControls(Protocol):
    """The settings that people can change during training; runs.control.Control implements it."""

    @property
    def slow_motion(self) -> bool: ...

    @property
    def learning_rate_factor(self) -> float: ...

    @property
    def dropout(self) -> float | None: ...


class TrainingCallback(Protocol):
    """Receives reports of a training and controls it. All methods are called between two batches, in its thread."""

    def on_progress(self, progress: Progress) -> None: ...

    def on_epoch(self, result: EpochResult) -> None: ...

    def should_continue(self) -> bool:
        """Whether to continue; to pause the training, this call blocks."""

    def controls(self) -> TrainingControls:
        """The current settings."""


def validation_split(config: TrainingConfig, data: Mnist) -> Split:
    """The digits for validation: the test set, or those held out from training."""
    return data.hold_out(config.held_out)[1] if config.validation == ON_HELD_OUT else data.test


def training_split(config: TrainingConfig, data: Mnist, drawings: Split | None = None) -> Split:
    """The digits of an epoch: MNIST digits that are not held out, synthetic digits, and people's ``drawings``.

    If labels are shuffled, the labels of all these digits are permuted (Zhang et al., 2017).

    Raises TrainingError when the configuration needs drawings and there are none.
    """
    digits = data.hold_out(config.held_out)[0] if config.held_out else data.train
    if config.digits < len(digits):
        digits = digits.take(np.sort(np.random.default_rng(0).permutation(len(digits))[: config.digits]))
    if config.handwriting:
        digits = digits.joined(handwriting(config.handwriting, seed=config.seed))
    if config.drawings:
        if not drawings:
            raise TrainingError("It should learn from drawings, and there are none in its folder.")
        digits = digits.joined(drawings.take(np.resize(np.arange(len(drawings)), config.drawings)))
    if config.shuffled_labels:
        digits = Split(digits.images, np.random.default_rng(0).permutation(digits.labels))
    return digits


def train(
    model: keras.Model,
    config: RunConfig,
    data: Mnist,
    callback: TrainingCallback,
    *,
    drawings: Split | None = None,
    precision: str = FLOAT32,
    epochs_done: int = 0,
    steps_done: int = 0,
) -> None:
    """Train ``model`` until it has been trained for ``config.total_epochs`` epochs, or the callback stops it.

    ``drawings``: repeated to ``config.training.drawings`` digits. ``epochs_done`` and ``steps_done``: complete epochs,
    and batches of the next, that ``model`` has been trained for. A resumed training gives the same result as one
    without interruption, except for the dropout masks. Raises TrainingDiverged when the loss is not finite.
    """
    training = config.training
    keras.utils.set_random_seed((training.seed + 7919 * epochs_done + steps_done) % 2**32)
    if getattr(model, "optimizer", None) is None:
        model.compile(make_optimizer(training), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    seed = training.seed + 1000 * epochs_done
    trainer = GraphTrainer(model, training_split(training, data, drawings), training, precision=precision, seed=seed)
    loop = _TrainingLoop(trainer, config, callback)
    for epoch in range(epochs_done, config.total_epochs):
        loop.train_epoch(epoch, steps_done=steps_done if epoch == epochs_done else 0)
        if loop.stopped:
            return


class _TrainingLoop:
    """Trains in chunks of steps that take SECONDS_PER_CHUNK each, and reports each chunk to the callback."""

    def __init__(self, trainer: GraphTrainer, config: RunConfig, callback: TrainingCallback) -> None:
        self._trainer = trainer
        self._config = config
        self._callback = callback
        self._steps_per_chunk = FIRST_CHUNK_STEPS
        self._started = time.perf_counter()
        self._paused_seconds = 0.0
        self._infer = network.inference_function(trainer.network)
        self._dropout: float | None = None  # None: the network's own rate
        self._graph_is_new = True
        self.stopped = False  # by the callback

    def train_epoch(self, epoch: int, *, steps_done: int) -> None:
        """Train the rest of an epoch, counted from 0, after its first ``steps_done`` steps."""
        self._use_dropout(self._callback.controls().dropout)
        sums = np.zeros(3)  # digits, sum of losses, correct predictions
        for indices, rates in self._chunks(epoch, steps_done):
            result = self._train_chunk(indices, rates, epoch)
            steps_done += len(rates)
            sums += result.digits * np.array([1, result.loss, result.accuracy])
            self._callback.on_progress(Progress(epoch + 1, steps_done, self._seconds(), result.loss, result.accuracy))
            self._check_for_stop()
            if self.stopped:
                break
        if steps_done == self._config.training.steps_per_epoch:  # only complete epochs are reported
            _, loss, accuracy = sums / sums[0]
            predict = partial(network.predict_with, self._infer)
            self._callback.on_epoch(EpochResult(epoch + 1, self._seconds(), loss, accuracy, predict))
            self._check_for_stop()

    def _use_dropout(self, rate: float | None) -> None:
        if rate != self._dropout:
            self._dropout = rate
            self._trainer.set_dropout(rate)
            self._graph_is_new = True

    def _chunks(self, epoch: int, steps_done: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the rest of the epoch in chunks: indices, int32 (steps, batch), and current learning rates, float32."""
        training = self._config.training
        order = np.random.default_rng((training.seed, epoch)).permutation(training.training_digits).astype(np.int32)
        size, step = training.batch_size, steps_done
        full_batches = len(order) // size
        batches = order[: full_batches * size].reshape(full_batches, size)
        while step < full_batches:
            count = min(self._steps_at_once(), full_batches - step)
            yield batches[step : step + count], self._rates(epoch, step, count)
            step += count
        if step < training.steps_per_epoch:
            yield order[None, full_batches * size :], self._rates(epoch, step, 1)

    def _steps_at_once(self) -> int:
        return 1 if self._callback.controls().slow_motion else self._steps_per_chunk

    def _rates(self, epoch: int, step: int, count: int) -> np.ndarray:
        """The learning rates of ``count`` steps from ``step`` of ``epoch``: float32 (count,)."""
        training = self._config.training
        done = (epoch - self._config.inherited_epochs) * training.steps_per_epoch + step
        total = training.epochs * training.steps_per_epoch
        factor = self._callback.controls().learning_rate_factor
        return np.array([factor * training.rate_at((done + each) / total) for each in range(count)], np.float32)

    def _train_chunk(self, indices: np.ndarray, rates: np.ndarray, epoch: int) -> ChunkResult:
        started = time.perf_counter()
        result = self._trainer.train_chunk(indices, rates)
        self._adapt_chunk_size(len(rates), time.perf_counter() - started)
        if not math.isfinite(result.loss):
            raise TrainingDiverged(
                f"The loss became {result.loss} in epoch {epoch + 1}: the training has diverged. "
                "Try a learning rate ten times lower, and leave scaling on."
            )
        return result

    def _adapt_chunk_size(self, steps: int, seconds: float) -> None:
        """Set the size of the next chunks to take SECONDS_PER_CHUNK, given that ``steps`` steps took ``seconds``.

        The first chunk of a new graph is ignored, because most of its time is tracing. So are single steps, of slow
        motion or at the end of an epoch, because they do not predict the time of larger chunks.
        """
        if not self._graph_is_new and (steps > 1 or self._steps_per_chunk == 1):
            self._steps_per_chunk = max(1, round(steps * min(SECONDS_PER_CHUNK / seconds, 4)))
        self._graph_is_new = False

    def _check_for_stop(self) -> None:
        started = time.perf_counter()
        if not self._callback.should_continue():
            self.stopped = True
        self._paused_seconds += time.perf_counter() - started

    def _seconds(self) -> float:
        return time.perf_counter() - self._started - self._paused_seconds
