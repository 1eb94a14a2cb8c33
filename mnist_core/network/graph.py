"""Training steps inside the graph: Python hands over indices, and no digit passes through it."""

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
    """A new optimizer as ``config`` asks for it. The steps below set its learning rate and decay the weights."""
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
    """Means over the digits of a chunk, in training: ``loss`` from 0 up, ``accuracy`` 0 to 1."""

    digits: int
    loss: float
    accuracy: float


class GraphTrainer:
    """Trains ``network``, which keeps its optimizer, on digits that lie in the graph as tensors.

    Its compiled steps are called directly. Keras' ``fit`` would need a ``tf.data`` generator for chunks whose size
    changes on the way, and making one slows down the whole process: TensorFlow (``ApplyPython311MemoryPatch``) then has
    the C library ask the system for each buffer above 128 KB anew.
    """

    def __init__(
        self, network: keras.Model, digits: Split, config: TrainingConfig, *, precision: str, seed: int = 0
    ) -> None:
        """``precision``: FLOAT32 or BFLOAT16. ``seed``: of the dropout layers."""
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
        """Use dropout ``rate``, or the network's own for None, from now on; its own is what is saved.

        A rate is read when the steps are traced, so they are traced anew.
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
        """The network's probabilities in training; all but the softmax layer computes in the precision chosen."""
        with _computing_in(self._precision, self.network.layers[:-1]):
            for layer in self.network.layers:
                digits = self._dropouts.get(layer.name, layer)(digits, training=True)
        return digits

    def _decay_weights(self, rate: tf.Tensor) -> None:
        """Decoupled weight decay (Loshchilov and Hutter, 2019), of the kernels alone."""
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
    """Change ``weights`` as ``optimizer`` does at learning rate ``rate``; with Adam in one pass over memory.

    Keras' Adam passes over memory ten times; TensorFlow's kernel computes the same (Kingma and Ba, 2015, section 2,
    last lines) in one, which takes a tenth off the time of the book's recipe.
    """
    optimizer.learning_rate.assign(rate)
    if not isinstance(optimizer, keras.optimizers.Adam):
        optimizer.apply(gradients, weights)
        return
    step = tf.cast(optimizer.iterations.value + 1, tf.float32)
    # After the counter and the learning rate come the two moments of each weight.
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
    """While a graph is traced, let the layers compute in ``precision``; their weights stay float32."""
    for layer in used:
        layer.dtype_policy = precision
    try:
        yield
    finally:
        for layer in used:
            layer.dtype_policy = FLOAT32
