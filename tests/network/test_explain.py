"""Tests of explanations and of typicality, on the book's network."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax

from mnist_core.config import HELD_OUT_DIGITS, ModelConfig
from mnist_core.digits.non_digits import make
from mnist_core.errors import ModelError
from mnist_core.network import explain
from mnist_core.network import model as network
from mnist_core.network.feature_extractor import FeatureExtractor
from mnist_core.network.nearest import NearestDigits
from mnist_core.network.typicality import Typicality
from mnist_core.predictions import REJECTION_THRESHOLD
from mnist_core.runs.run import SHIPPED, Run
from tests.digits.test_non_digits import pictures

BOOK = Run(SHIPPED / "book")


@pytest.fixture(scope="module")
def book():
    return network.load(BOOK.model_path)


@pytest.fixture(scope="module")
def features(book) -> FeatureExtractor:
    return FeatureExtractor(book)


@pytest.fixture(scope="module")
def typicality() -> Typicality:
    return Typicality(**BOOK.evaluation.read_statistics())


def test_the_feature_extractor_gives_the_probabilities_of_the_model(book, features, digits):
    sample = digits.test.images[:50]
    hidden, logits = features.extract(sample)
    assert [outputs.shape for outputs in hidden] == [(50, 512), (50, 512)]
    assert_allclose(softmax(logits, axis=1), network.probabilities(book, sample), atol=1e-5)


def test_activity_equals_the_outputs_of_the_hidden_layer(book, features, digits):
    first, _ = explain.activity(features, digits.test.images[0])
    kernel, bias = book.get_layer("hidden_1").get_weights()
    assert_allclose(first, np.maximum(digits.test.images[0].ravel() / 255 @ kernel + bias, 0), atol=1e-4)


@pytest.mark.parametrize("index", range(5))
def test_saliency_of_the_ink_sums_up_to_the_margin(features, digits, index):
    digit = digits.test.images[index]
    answer, runner_up = explain.top_two(features, digit)
    present, missing = explain.saliency(features, digit, answer=answer, runner_up=runner_up)
    _, logits = features(np.stack([digit, np.zeros_like(digit)]))
    margin, blank_margin = logits[:, answer] - logits[:, runner_up]
    assert margin > 0
    assert present.sum() == pytest.approx(margin - blank_margin, rel=0.02)
    assert not present[digit == 0].any()
    assert (missing >= 0).all()


def test_ink_added_where_it_is_missing_reduces_the_margin(features, digits):
    for digit in digits.test.images[:5]:
        answer, runner_up = explain.top_two(features, digit)
        _, missing = explain.saliency(features, digit, answer=answer, runner_up=runner_up)
        row, column = np.unravel_index(missing.argmax(), missing.shape)
        dotted = digit.copy()
        dotted[row - 1 : row + 2, column - 1 : column + 2] = 255
        _, logits = features(np.stack([digit, dotted]))
        before, after = logits[:, answer] - logits[:, runner_up]
        assert after < before


def test_predictions_with_snapshot_weights_equal_the_stored_ones(features, digits):
    with np.load(BOOK.snapshots()[1]) as snapshot:
        for index in range(3):
            predicted = explain.predict_with_weights(features, snapshot, digits.test.images[index])
            assert_allclose(predicted, snapshot["test_probabilities"][index], atol=0.01)
    assert softmax(features(digits.test.images[:1])[1], axis=1).argmax() == 7


def test_a_snapshot_of_another_network_raises_model_error_and_changes_no_weights(digits):
    small = FeatureExtractor(network.build(ModelConfig(hidden_units=(8,)), seed=0))
    before = small(digits.test.images[:1])[1]
    with np.load(BOOK.snapshots()[1]) as snapshot, pytest.raises(ModelError, match="another network"):
        explain.predict_with_weights(small, snapshot, digits.test.images[0])
    assert_array_equal(small(digits.test.images[:1])[1], before)


def test_a_network_without_hidden_layers_raises_model_error():
    import keras

    flat = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)])
    with pytest.raises(ModelError, match="no hidden layer"):
        FeatureExtractor(flat)


def test_the_nearest_digit_of_a_training_digit_is_itself(features, digits):
    some = digits.train.images[:3000]
    nearest = NearestDigits(features, some)
    for index in (0, 17, 2999):
        indices, cosines = nearest.query(some[index], count=5)
        assert indices[0] == index
        assert cosines[0] == pytest.approx(1, abs=1e-3)
        assert len(set(indices)) == 5
        assert (np.diff(cosines) <= 0).all()


def test_one_percent_of_the_held_out_digits_are_rejected(features, typicality, digits):
    known = digits.hold_out(HELD_OUT_DIGITS)[1].images
    rejected = typicality.p_values(*features.extract(known)) < REJECTION_THRESHOLD
    assert rejected.mean() == pytest.approx(0.01, abs=0.001)


def test_noise_images_are_rejected(features, typicality):
    noise = np.random.default_rng(0).integers(0, 256, (20, 28, 28)).astype(np.uint8)
    assert (typicality.p_values(*features.extract(noise)) < REJECTION_THRESHOLD).all()


def test_many_non_digits_and_few_digits_are_rejected(features, typicality, digits):
    non_digits = pictures(make(100, seed=5))
    shares = typicality.p_values(*features.extract(non_digits))
    assert ((shares > 0) & (shares <= 1)).all()
    assert (shares < REJECTION_THRESHOLD).mean() > 0.4
    assert (typicality.p_values(*features.extract(digits.test.images[:1000])) < REJECTION_THRESHOLD).mean() < 0.03


def test_typicality_is_fitted_for_a_network_of_any_size(digits):
    small = FeatureExtractor(network.build(ModelConfig(hidden_units=(8, 16)), seed=0))
    known = digits.test.images[:500]
    fitted = Typicality.fit(small, digits.train.take(np.arange(1000)), known)
    rejected = fitted.p_values(*small.extract(known)) < REJECTION_THRESHOLD
    assert rejected.mean() == pytest.approx(0.01, abs=0.005)


def test_a_network_with_only_dead_units_rejects_no_digit(digits):
    dead = network.build(ModelConfig(hidden_units=(8,)), seed=0)
    dead.set_weights([np.zeros_like(weights) for weights in dead.get_weights()])
    features = FeatureExtractor(dead)
    fitted = Typicality.fit(features, digits.train.take(np.arange(500)), digits.test.images[:100])
    assert (fitted.p_values(*features.extract(digits.test.images[:100])) == 1).all()
