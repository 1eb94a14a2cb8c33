"""Training steps as a TensorFlow graph: Python passes only indices, the digits stay in the graph."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from mnist_core.config import TrainingConfig
from mnist_core.digits.mnist import Split
from mnist_core.network import distortions
from mnist_core.network.precision import FLOAT32

MOMENTUM = 0.9  # of SGD


def make_optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    """A new optimizer for ``config``. The steps below set its learning rate and decay the weights."""
    rate = config.learning_rate
    match config.optimizer:
        case "adam":
            return keras.optimizers.Adam(rate)
        case "adamw":
            return keras.optimizers.AdamW(rate, weight_decay=config.weight_decay)
        case "sgd":
            return keras.optimizers.SGD(rate, momentum=MOMENTUM)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate)


@dataclass(frozen=True)
class ChunkResult:
    """The means over the digits of a chunk, in training mode: ``loss`` from 0, ``accuracy`` 0 to 1."""

    digits: int
    loss: float
    accuracy: float


class GraphTrainer:
    """Trains ``network`` with its optimizer on digits that are tensors in the graph.

    The compiled steps are called directly. Keras' ``fit`` would need a ``tf.data`` generator for chunks of varying
    size, and creating one slows down the whole process: TensorFlow (``ApplyPython311MemoryPatch``) then makes the C
    library request each buffer above 128 KB from the operating system anew.
    """

    def __init__(
        self, network: keras.Model, digits: Split, config: TrainingConfig, *, precision: str, seed: int = 0
    ) -> None:
        """``precision``: FLOAT32 or BFLOAT16. ``seed``: the seed of the dropout layers."""
        self.network = network
        self._images = tf.constant(digits.images)
        self._labels = tf.one_hot(digits.labels, 10)
        self._loss_function = keras.losses.CategoricalCrossentropy(label_smoothing=config.label_smoothing)
        self._decay = config.weight_decay
        self._distorted = config.distortions
        self._precision = precision
        self._seed = seed
        network.optimizer.build(network.trainable_variables)
        self.set_dropout(None)

    def set_dropout(self, rate: float | None) -> None:
        """Train with dropout ``rate`` from now on; None: the network's own rate, which is also the one saved.

        The rate is a constant of the graph, so the steps are traced again.
        """
        self._dropouts = {
            layer.name: layers.Dropout(
                layer.rate if rate is None else rate, seed=self._seed + number, dtype=self._precision
            )
            for number, layer in enumerate(self.network.layers)
            if isinstance(layer, layers.Dropout)
        }
        signature = tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None,), tf.float32)
        self._compiled_steps = tf.function(self._steps, input_signature=signature)

    def train_chunk(self, indices: np.ndarray, rates: np.ndarray) -> ChunkResult:
        """Train one step for each row of ``indices``, int32 (steps, batch), into the digits.

        ``rates``: the learning rate of each step, float32 (steps,).
        """
        loss, accuracy = self._compiled_steps(indices, rates)
        return ChunkResult(indices.size, float(loss), float(accuracy))

    def _steps(self, indices: tf.Tensor, rates: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss, accuracy = 0.0, 0.0
        for step in tf.range(tf.shape(rates)[0]):
            step_loss, step_accuracy = self._step(indices[step], rates[step])
            loss, accuracy = loss + step_loss, accuracy + step_accuracy
        steps = tf.cast(tf.shape(rates)[0], tf.float32)
        return loss / steps, accuracy / steps

    def _step(self, indices: tf.Tensor, rate: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        digits, labels = tf.gather(self._images, indices), tf.gather(self._labels, indices)  # (B, 28, 28), (B, 10)
        if self._distorted:
            digits = distortions.distort(digits)
        weights = self.network.trainable_variables
        with tf.GradientTape() as tape:
            probabilities = self._forward(digits)
            loss = self._loss_function(labels, probabilities)
        gradients = tape.gradient(loss, [weight.value for weight in weights])
        self._decay_weights(rate)
        apply_gradients(self.network.optimizer, gradients, weights, rate)
        right = tf.equal(tf.argmax(probabilities, axis=1), tf.argmax(labels, axis=1))
        return loss, tf.reduce_mean(tf.cast(right, tf.float32))

    def _forward(self, digits: tf.Tensor) -> tf.Tensor:
        """The probabilities in training mode; all layers but the last compute in the chosen precision."""
        with _computing_in(self._precision, self.network.layers[:-1]):
            for layer in self.network.layers:
                digits = self._dropouts.get(layer.name, layer)(digits, training=True)
        return digits

    def _decay_weights(self, rate: tf.Tensor) -> None:
        """Apply decoupled weight decay (Loshchilov and Hutter, 2019) to the kernels only."""
        if self._decay:
            for weight in self.network.trainable_variables:
                if weight.name == "kernel":
                    weight.value.assign_sub(rate * self._decay * weight.value)


def apply_gradients(
    optimizer: keras.optimizers.Optimizer,
    gradients: Sequence[tf.Tensor],
    weights: Sequence[keras.Variable],
    rate: tf.Tensor,
) -> None:
    """Update ``weights`` with ``optimizer`` at learning rate ``rate``; Adam runs in one pass over memory.

    Keras' Adam makes ten passes; TensorFlow's kernel computes the same (Kingma and Ba, 2015, end of section 2) in one,
    which makes the "book" recipe 10 % faster.
    """
    optimizer.learning_rate.assign(rate)
    if not isinstance(optimizer, keras.optimizers.Adam):
        optimizer.apply(gradients, weights)
        return
    step = tf.cast(optimizer.iterations.value + 1, tf.float32)
    # The variables are the step counter, the learning rate, and then two moments for each weight.
    moments = [variable.value.handle for variable in optimizer.variables[2:]]
    for gradient, weight, first, second in zip(gradients, weights, moments[::2], moments[1::2], strict=True):
        tf.raw_ops.ResourceApplyAdam(
            var=weight.value.handle,
            m=first,
            v=second,
            beta1_power=tf.pow(optimizer.beta_1, step),
            beta2_power=tf.pow(optimizer.beta_2, step),
            lr=rate,
            beta1=optimizer.beta_1,
            beta2=optimizer.beta_2,
            epsilon=optimizer.epsilon,
            grad=gradient,
        )
    optimizer.iterations.assign_add(1)


@contextmanager
def _computing_in(precision: str, used: Sequence[layers.Layer]) -> Iterator[None]:
    """Make the layers compute in ``precision`` while a graph is traced; their weights stay float32."""
    for layer in used:
        layer.dtype_policy = precision
    try:
        yield
    finally:
        for layer in used:
            layer.dtype_policy = FLOAT32
