"""Training: Keras' ``fit``, epoch by epoch, watched and steered by a listener."""

import math
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from mnist_core.config import ON_HELD_OUT, RunConfig, TrainingConfig
from mnist_core.digits.handwriting import handwriting
from mnist_core.digits.mnist import Mnist, Split
from mnist_core.errors import LabError, TrainingDiverged
from mnist_core.network import model as network
from mnist_core.network.graph import GraphTrainer, make_optimizer
from mnist_core.network.precision import FLOAT32

SECONDS_PER_CHUNK = 0.1  # between two points of the live curve, and between two looks at people's requests
FIRST_CHUNK = 8  # steps, before anything is known of their speed


class TrainingError(LabError):
    """What is asked for cannot be trained."""


@dataclass(frozen=True)
class Progress:
    """Means over the last chunk of batches. ``epoch`` and ``step`` count from 1, ``step`` in batches of this epoch.

    ``seconds`` is the training time so far, in this call of ``train``; waiting for people is not counted.
    """

    epoch: int
    step: int
    seconds: float
    loss: float
    accuracy: float


@dataclass(frozen=True)
class EpochResult:
    """An epoch's end. ``loss`` and ``accuracy`` are means over it, with dropout and distortions, as trained on.

    ``answer`` gives the network's probabilities, float32 (N, 10), without dropout, for uint8 (N, 28, 28).
    """

    epoch: int
    seconds: float
    loss: float
    accuracy: float
    answer: Callable[[np.ndarray], np.ndarray]


class Wishes(Protocol):
    """What people may change while it trains; runs.control.Control is one."""

    slow_motion: bool
    learning_rate_factor: float
    dropout: float | None


class Listener(Protocol):
    """Who hears of a training and steers it. All is called between two batches, in the thread that trains."""

    def on_progress(self, progress: Progress) -> None: ...

    def on_epoch(self, result: EpochResult) -> None: ...

    def may_go_on(self) -> bool:
        """Whether to go on; a pause is a long call of this."""

    def wishes(self) -> Wishes:
        """What is asked for now."""


def validation_split(config: TrainingConfig, data: Mnist) -> Split:
    """The digits that epochs are validated on: the test set, or those held out from training."""
    return data.hold_out(config.held_out)[1] if config.validation == ON_HELD_OUT else data.test


def training_split(config: TrainingConfig, data: Mnist, drawings: Split | None = None) -> Split:
    """The digits that an epoch consists of: MNIST's that are not held out, synthetic ones, and a room's ``drawings``.

    Shuffled labels go over all of them: each digit gets the label of another (Zhang et al., 2017).

    Raises TrainingError when drawings are asked for and there are none.
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
    listener: Listener,
    *,
    drawings: Split | None = None,
    precision: str = FLOAT32,
    epochs_done: int = 0,
    steps_done: int = 0,
) -> None:
    """Train ``model`` on until it has ``config.total_epochs`` epochs behind it, or the listener wants a stop.

    ``drawings``: what ``config.training.drawings`` repeats. ``epochs_done`` and ``steps_done``: whole epochs, and
    batches of the next, that it has behind it already. It ends up as if it had never stopped, but for the dropout's
    chance. Raises TrainingDiverged when the loss is no longer a number.
    """
    training = config.training
    keras.utils.set_random_seed((training.seed + 7919 * epochs_done + steps_done) % 2**32)
    if getattr(model, "optimizer", None) is None:
        model.compile(make_optimizer(training), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    trainer = GraphTrainer(model, training_split(training, data, drawings), training, precision=precision)
    watch = _Watch(trainer, config, listener, begun=(epochs_done, steps_done))
    for epoch in range(epochs_done, config.total_epochs):
        watch.begin(epoch)
        with warnings.catch_warnings():
            # Keras expects epochs whose chunks it can count; people's wishes change how large they are.
            warnings.filterwarnings("ignore", "Your input ran out of data")
            trainer.fit(
                watch.chunks, shuffle=False, initial_epoch=epoch, epochs=epoch + 1, verbose=0, callbacks=[watch]
            )
        if watch.stopped:
            return


class _Watch(keras.callbacks.Callback):
    """Cuts an epoch into chunks that take a tenth of a second, and tells the listener of them."""

    def __init__(self, trainer: GraphTrainer, config: RunConfig, listener: Listener, *, begun: tuple[int, int]) -> None:
        """``begun``: whole epochs, and batches of the next, that are done already."""
        super().__init__()
        self._trainer = trainer
        self._config = config
        self._listener = listener
        self._begun = begun
        self._chunk = FIRST_CHUNK
        self._started = time.perf_counter()
        self._waited = 0.0
        self.stopped = False
        # What is left of the epoch; each chunk is cut just before its turn.
        spec = tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None,), tf.float32)
        options = tf.data.Options()
        # An epoch that was stopped leaves its iterator to the garbage collection, which then waits up to 20 s for the
        # autotune thread and stops this whole process meanwhile, its heartbeat too.
        options.autotune.enabled = False
        self.chunks = tf.data.Dataset.from_generator(self._chunks, output_signature=spec).with_options(options)
        self._ask = network.answers(trainer.network)
        self._use_dropout(listener.wishes().dropout)

    def begin(self, epoch: int) -> None:
        """Get ready for an epoch, counted from 0."""
        self._epoch = epoch
        self._steps_done = self._begun[1] if epoch == self._begun[0] else 0
        self._sums = np.zeros(3)  # digits, their loss, their right answers
        dropout = self._listener.wishes().dropout
        if dropout != self._dropout:
            self._use_dropout(dropout)

    def _use_dropout(self, rate: float | None) -> None:
        self._dropout = rate
        self._trainer.set_dropout(rate, seed=self._config.training.seed + 1000 * self._begun[0])

    def _chunks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        training = self._config.training
        order = np.random.default_rng((training.seed, self._epoch)).permutation(training.training_digits)
        size, step = training.batch_size, self._steps_done
        whole = len(order) // size
        batches = order[: whole * size].reshape(whole, size).astype(np.int32)
        while step < whole:
            count = min(self._steps_at_once(), whole - step)
            yield batches[step : step + count], self._rates(step, count)
            step += count
        if step < training.steps_per_epoch:
            yield order[None, whole * size :].astype(np.int32), self._rates(step, 1)

    def _steps_at_once(self) -> int:
        return 1 if self._listener.wishes().slow_motion else self._chunk

    def _rates(self, step: int, count: int) -> np.ndarray:
        """The learning rates of ``count`` steps from ``step`` of this epoch: float32 (count,)."""
        training = self._config.training
        done = (self._epoch - self._config.inherited_epochs) * training.steps_per_epoch + step
        total = training.epochs * training.steps_per_epoch
        factor = self._listener.wishes().learning_rate_factor
        return np.array([factor * training.rate_at((done + each) / total) for each in range(count)], np.float32)

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self._chunk_started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """After a chunk, which is what Keras takes for a batch."""
        self._steps_done += int(logs["steps"])
        self._sums += logs["digits"] * np.array([1, logs["loss"], logs["accuracy"]])
        self._adapt(int(logs["steps"]), time.perf_counter() - self._chunk_started)
        if not math.isfinite(logs["loss"]):
            raise TrainingDiverged(
                f"The loss became {logs['loss']} in epoch {self._epoch + 1}: the training has diverged. "
                "Try a learning rate ten times lower, and leave scaling on."
            )
        self._listener.on_progress(
            Progress(self._epoch + 1, self._steps_done, self._seconds(), logs["loss"], logs["accuracy"])
        )
        self._go_on_or_stop()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if self._steps_done < self._config.training.steps_per_epoch:
            return  # a part of an epoch is no epoch
        _, loss, accuracy = self._sums / self._sums[0]
        answer = partial(network.probabilities_by, self._ask)
        self._listener.on_epoch(EpochResult(self._epoch + 1, self._seconds(), loss, accuracy, answer))
        self._go_on_or_stop()

    def _adapt(self, steps: int, seconds: float) -> None:
        """Cut the next chunks so that each takes SECONDS_PER_CHUNK. The first one's time is the graph's building.

        Slow motion's single steps, and an epoch's last one, say nothing of larger chunks.
        """
        if (steps > 1 or self._chunk == 1) and not (self._steps_done == steps and self._chunk == FIRST_CHUNK):
            self._chunk = max(1, round(steps * min(SECONDS_PER_CHUNK / seconds, 4)))

    def _go_on_or_stop(self) -> None:
        asked = time.perf_counter()
        if not self._listener.may_go_on():
            self.stopped = self.model.stop_training = True
        self._waited += time.perf_counter() - asked

    def _seconds(self) -> float:
        return time.perf_counter() - self._started - self._waited
