"""Tests of the forward and backward pass written with NumPy against Keras: loss, gradients and Adam steps."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.config import ACTIVATIONS, ModelConfig
from mnist_core.network import model as network
from mnist_core.network.feature_extractor import FeatureExtractor
from mnist_core.runs import backprop
from mnist_core.runs.run import SHIPPED, Run
from mnist_core.runs.snapshot import Dense, Snapshot, read_snapshot

BOOK = Run(SHIPPED / "book")


def layers_of(model: keras.Model) -> tuple[Dense, ...]:
    return tuple(Dense(*layer.get_weights()) for layer in model.layers if layer.weights)


def by_keras(model: keras.Model, digit: np.ndarray, label: int, smoothing: float) -> tuple[float, list[np.ndarray]]:
    loss_function = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
    weights = [weight.value for weight in model.trainable_variables]
    with tf.GradientTape() as tape:
        loss = loss_function(tf.one_hot([label], 10), model(digit[None], training=False))
    return float(loss), [gradient.numpy() for gradient in tape.gradient(loss, weights)]


def by_numpy(snapshot: Snapshot, digit: np.ndarray, label: int, smoothing: float) -> tuple[float, list[np.ndarray]]:
    forward_pass = backprop.forward(snapshot, digit)
    target = backprop.target(label, label_smoothing=smoothing)
    loss_gradients = backprop.gradients(forward_pass, backprop.backward(snapshot, forward_pass, target))
    return backprop.cross_entropy(forward_pass.softmax, target), [
        array for layer in loss_gradients for array in (layer.kernel, layer.bias)
    ]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("scaling", "smoothing"), [(True, 0.0), (True, 0.1), (False, 0.0)])
def test_loss_and_gradients_equal_those_of_keras(digits, activation, scaling, smoothing):
    config = ModelConfig(hidden_units=(24, 16, 12), activation=activation, scaling=scaling)
    model = network.build(config, seed=3)
    snapshot = Snapshot(config, layers_of(model))
    for index in range(3):
        digit, label = digits.train.images[index], int(digits.train.labels[index])
        loss, expected = by_keras(model, digit, label, smoothing)
        own_loss, gradients = by_numpy(snapshot, digit, label, smoothing)
        assert own_loss == pytest.approx(loss, rel=1e-5)
        for own, theirs in zip(gradients, expected, strict=True):
            assert_allclose(own, theirs, rtol=1e-5, atol=1e-5 * max(1, np.abs(theirs).max()))


def test_loss_and_gradients_of_the_book_network_equal_those_of_keras(digits):
    snapshot = read_snapshot(BOOK, 20)
    model = network.build(snapshot.model, seed=0)
    model.set_weights([array for layer in snapshot.layers for array in (layer.kernel, layer.bias)])
    (index,) = backprop.least_confident(snapshot, digits.train.images[:500], count=1)
    digit, label = digits.train.images[index], int(digits.train.labels[index])
    loss, expected = by_keras(model, digit, label, 0.0)
    own_loss, gradients = by_numpy(snapshot, digit, label, 0.0)
    assert own_loss == pytest.approx(loss, abs=1e-5)
    for own, theirs in zip(gradients, expected, strict=True):
        assert_allclose(own, theirs, atol=1e-5)


def test_layer_outputs_of_the_forward_pass_equal_those_of_keras(digits):
    config = ModelConfig(hidden_units=(24, 16))
    model = network.build(config, seed=1)
    forward_pass = backprop.forward(Snapshot(config, layers_of(model)), digits.train.images[0])
    hidden, logits = FeatureExtractor(model)(digits.train.images[:1])
    for own, theirs in zip(forward_pass.layer_inputs[1:], hidden, strict=True):
        assert_allclose(own, theirs[0], atol=1e-5)
    assert_allclose(forward_pass.softmax.logits, logits[0], atol=1e-5)
    assert_allclose(forward_pass.softmax.probabilities, model(digits.train.images[:1])[0], atol=1e-5)


def test_five_adam_steps_equal_those_of_keras():
    random = np.random.default_rng(0)
    start = random.normal(size=(5, 4))
    weight = keras.Variable(start)
    optimizer = keras.optimizers.Adam(0.01)
    own, mean, square = start, 0.0, 0.0
    for step in range(1, 6):
        gradient = random.normal(size=(5, 4)) * 10.0 ** random.integers(-7, 1, (5, 4))
        optimizer.apply([tf.constant(gradient, tf.float32)], [weight])
        result = backprop.adam(own, gradient, rate=0.01, mean=mean, square=square, step=step)
        own, mean, square = result.after, result.mean, result.square
        assert_allclose(own, weight.numpy(), atol=1e-5)


def test_the_first_step_on_all_weights_equals_that_of_keras(digits):
    config = ModelConfig(hidden_units=(24,))
    model = network.build(config, seed=2)
    snapshot = Snapshot(config, layers_of(model))
    digit, label = digits.train.images[7], int(digits.train.labels[7])
    forward_pass = backprop.forward(snapshot, digit)
    errors = backprop.backward(snapshot, forward_pass, backprop.target(label, label_smoothing=0.0))
    stepped = backprop.after_first_step(snapshot, backprop.gradients(forward_pass, errors), rate=1e-3)
    model.compile(keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy")
    model.get_layer("dropout_1").rate = 0.0
    model.train_on_batch(digit[None], np.array([label]))
    for own, theirs in zip(stepped.layers, layers_of(model), strict=True):
        assert_allclose(own.kernel, theirs.kernel, atol=1e-5)
        assert_allclose(own.bias, theirs.bias, atol=1e-5)
    after = backprop.forward(stepped, digit).softmax
    assert after.probabilities[label] > forward_pass.softmax.probabilities[label]


def test_softmax_of_huge_logits_does_not_overflow():
    softmax = backprop.Softmax(np.array([2000.0, 1000.0, *np.zeros(8)]))
    assert softmax.probabilities.tolist() == [1, *np.zeros(9)]
    assert backprop.cross_entropy(softmax, np.eye(10)[1]) == 1000


def test_least_sure_returns_the_digits_with_the_lowest_confidence(digits):
    snapshot = read_snapshot(BOOK, 20)
    some = digits.train.images[:300]
    confidences = [backprop.forward(snapshot, digit).softmax.probabilities.max() for digit in some]
    assert_array_equal(backprop.least_confident(snapshot, some, count=5), np.argsort(confidences)[:5])
