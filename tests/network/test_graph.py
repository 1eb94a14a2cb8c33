"""Tests that training steps inside the TensorFlow graph equal those of Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from mnist_core.config import OPTIMIZERS, ModelConfig, TrainingConfig
from mnist_core.network import model as network
from mnist_core.network.graph import GraphTrainer, apply_gradients, make_optimizer
from mnist_core.network.precision import FLOAT32


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_apply_gradients_updates_weights_as_the_keras_optimizer_does(name):
    start = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)
    own, keras_own = keras.Variable(start), keras.Variable(start)
    first, second = (make_optimizer(TrainingConfig(optimizer=name, learning_rate=0.01)) for _ in range(2))
    first.build([own])
    for step in range(1, 6):
        gradient = tf.reshape(tf.sin(step * tf.range(12, dtype=tf.float32)), (3, 4))
        apply_gradients(first, [gradient], [own], tf.constant(0.01 / step))
        second.learning_rate = 0.01 / step
        second.apply([gradient], [keras_own])
    assert_allclose(own.numpy(), keras_own.numpy(), atol=1e-6)
    assert int(first.iterations) == int(second.iterations) == 5


def test_train_chunk_gives_the_weights_of_keras_fit(digits):
    config, few = ModelConfig(hidden_units=(16,), dropout=0), digits.train.take(np.arange(1024))
    own, keras_own = network.build(config, seed=0), network.build(config, seed=0)
    own.compile(make_optimizer(TrainingConfig()))
    trainer = GraphTrainer(own, few, TrainingConfig(), precision=FLOAT32)
    trainer.train_chunk(np.arange(1024, dtype=np.int32).reshape(8, 128), np.full(8, 1e-3, np.float32))
    keras_own.compile("adam", "sparse_categorical_crossentropy")
    keras_own.fit(few.images, few.labels, batch_size=128, shuffle=False, verbose=0)
    for expected, actual in zip(keras_own.get_weights(), own.get_weights(), strict=True):
        assert_allclose(actual, expected, atol=1e-5)
