"""Explanations add up, and what is no digit is noticed; on the book's network."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.config import HELD_OUT, ModelConfig
from mnist_core.digits.non_digits import make
from mnist_core.errors import ModelError
from mnist_core.network import explain
from mnist_core.network import model as network
from mnist_core.network.feature_extractor import FeatureExtractor, softmax
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
    return Typicality(**BOOK.statistics)


def test_seen_from_inside_it_answers_as_ever(book, features, digits):
    sample = digits.test.images[:50]
    hidden, logits = features.extract(sample)
    assert [outputs.shape for outputs in hidden] == [(50, 512), (50, 512)]
    assert_allclose(softmax(logits), network.probabilities(book, sample), atol=1e-5)


def test_hidden_activity_is_what_the_layers_compute(book, features, digits):
    first, _ = explain.activity(features, digits.test.images[0])
    kernel, bias = book.get_layer("hidden_1").get_weights()
    assert_allclose(first, np.maximum(digits.test.images[0].ravel() / 255 @ kernel + bias, 0), atol=1e-4)


@pytest.mark.parametrize("index", range(5))
def test_what_the_ink_adds_sums_up_to_the_margin(features, digits, index):
    digit = digits.test.images[index]
    answer, runner_up = explain.two_best(features, digit)
    present, missing = explain.saliency(features, digit, answer=answer, runner_up=runner_up)
    _, logits = features(np.stack([digit, np.zeros_like(digit)]))
    margin, of_paper = logits[:, answer] - logits[:, runner_up]
    assert margin > 0
    assert present.sum() == pytest.approx(margin - of_paper, rel=0.02)
    assert not present[digit == 0].any()
    assert (missing >= 0).all()


def test_ink_where_it_is_missing_helps_the_runner_up(features, digits):
    for digit in digits.test.images[:5]:
        answer, runner_up = explain.two_best(features, digit)
        _, missing = explain.saliency(features, digit, answer=answer, runner_up=runner_up)
        row, column = np.unravel_index(missing.argmax(), missing.shape)
        dotted = digit.copy()
        dotted[row - 1 : row + 2, column - 1 : column + 2] = 255
        _, logits = features(np.stack([digit, dotted]))
        before, after = logits[:, answer] - logits[:, runner_up]
        assert after < before


def test_a_snapshots_answer_is_what_the_run_wrote_down(features, digits):
    with np.load(BOOK.snapshots[1]) as snapshot:
        for index in range(3):
            said = explain.predict_with_weights(features, snapshot, digits.test.images[index])
            assert_allclose(said, snapshot["test_probabilities"][index], atol=0.01)
    assert softmax(features(digits.test.images[:1])[1]).argmax() == 7


def test_a_snapshot_of_another_network_is_told_and_changes_nothing(digits):
    small = FeatureExtractor(network.build(ModelConfig(hidden_units=(8,)), seed=0))
    before = small(digits.test.images[:1])[1]
    with np.load(BOOK.snapshots[1]) as snapshot, pytest.raises(ModelError, match="another network"):
        explain.predict_with_weights(small, snapshot, digits.test.images[0])
    assert_array_equal(small(digits.test.images[:1])[1], before)


def test_a_network_without_hidden_layers_cannot_be_looked_into():
    import keras

    flat = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)])
    with pytest.raises(ModelError, match="no hidden layer"):
        FeatureExtractor(flat)


def test_a_training_digit_is_its_own_nearest(features, digits):
    some = digits.train.images[:3000]
    nearest = NearestDigits(features, some)
    for index in (0, 17, 2999):
        indices, cosines = nearest.of(some[index], count=5)
        assert indices[0] == index
        assert cosines[0] == pytest.approx(1, abs=1e-3)
        assert len(set(indices)) == 5
        assert (np.diff(cosines) <= 0).all()


def test_one_percent_of_the_known_digits_are_refused(features, typicality, digits):
    known = digits.hold_out(HELD_OUT)[1].images
    rejected = typicality.of(*features.extract(known)) < REJECTION_THRESHOLD
    assert rejected.mean() == pytest.approx(0.01, abs=0.001)


def test_what_is_far_from_all_digits_is_refused(features, typicality):
    noise = np.random.default_rng(0).integers(0, 256, (20, 28, 28)).astype(np.uint8)
    assert (typicality.of(*features.extract(noise)) < REJECTION_THRESHOLD).all()


def test_most_non_digits_are_refused_and_few_digits(features, typicality, digits):
    non_digits = pictures(make(100, seed=5))
    shares = typicality.of(*features.extract(non_digits))
    assert ((shares > 0) & (shares <= 1)).all()
    assert (shares < REJECTION_THRESHOLD).mean() > 0.4
    assert (typicality.of(*features.extract(digits.test.images[:1000])) < REJECTION_THRESHOLD).mean() < 0.03


def test_it_is_learned_for_a_network_of_any_size(digits):
    small = FeatureExtractor(network.build(ModelConfig(hidden_units=(8, 16)), seed=0))
    known = digits.test.images[:500]
    learned = Typicality.fit(small, digits.train.take(np.arange(1000)), known)
    rejected = learned.of(*small.extract(known)) < REJECTION_THRESHOLD
    assert rejected.mean() == pytest.approx(0.01, abs=0.005)


def test_a_network_whose_units_have_died_refuses_nothing_it_knows(digits):
    dead = network.build(ModelConfig(hidden_units=(8,)), seed=0)
    dead.set_weights([np.zeros_like(weights) for weights in dead.get_weights()])
    features = FeatureExtractor(dead)
    learned = Typicality.fit(features, digits.train.take(np.arange(500)), digits.test.images[:100])
    assert (learned.of(*features.extract(digits.test.images[:100])) == 1).all()
