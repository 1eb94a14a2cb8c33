"""Tests of counts, means and histograms of small sets with known results."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.digits import statistics
from mnist_core.digits.mnist import Mnist


def digits_of_one_value(*values: int) -> np.ndarray:
    return np.stack([np.full((28, 28), value, np.uint8) for value in values])


def test_counts_have_an_entry_for_each_digit_class() -> None:
    facts = statistics.of_digits(digits_of_one_value(0, 0, 0), np.array([3, 9, 3], np.uint8))
    assert_array_equal(facts.counts, [0, 0, 0, 2, 0, 0, 0, 0, 0, 1])


def test_the_mean_image_of_a_class_averages_only_that_class() -> None:
    facts = statistics.of_digits(digits_of_one_value(10, 30, 200), np.array([3, 3, 9], np.uint8))
    assert_array_equal(facts.means[3], np.full((28, 28), 20.0))
    assert_array_equal(facts.means[9], np.full((28, 28), 200.0))
    assert np.isnan(facts.means[0]).all()


def test_a_histogram_counts_each_pixel_once() -> None:
    facts = statistics.of_digits(digits_of_one_value(0, 255, 7), np.array([1, 1, 2], np.uint8))
    assert facts.histograms.shape == (10, 256)
    assert facts.histograms[1, 0] == facts.histograms[1, 255] == 784
    assert facts.histograms[2, 7] == 784
    assert facts.histograms.sum() == 3 * 784


@given(count=st.integers(0, 7), seed=st.integers(0, 99))
def test_histogram_counted_in_chunks_equals_the_whole(count: int, seed: int) -> None:
    digits = np.random.default_rng(seed).integers(0, 256, (count, 28, 28), np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statistics, "CHUNK_SIZE", 3)
        in_chunks = statistics.pixel_histogram(digits)
    assert_array_equal(in_chunks, np.bincount(digits.ravel(), minlength=256))


def test_indices_of_a_digit_select_its_labels_and_of_none_select_all() -> None:
    labels = np.array([7, 1, 7, 0], np.uint8)
    assert_array_equal(statistics.indices_of(labels, 7), [0, 2])
    assert_array_equal(statistics.indices_of(labels, 5), [])
    assert_array_equal(statistics.indices_of(labels, None), [0, 1, 2, 3])


def test_mnist_splits_have_the_known_class_counts() -> None:
    train, test = statistics.of_split("train"), statistics.of_split("test")
    assert_array_equal(train.counts, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    assert_array_equal(test.counts, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    assert train.histograms.sum() == 60_000 * 784
    assert statistics.of_split("train") is train


def test_means_and_deviations_of_a_class_and_of_all_agree_with_numpy(digits: Mnist) -> None:
    some = digits.test.take(np.arange(3000))
    facts = statistics.of_digits(some.images, some.labels)
    for digit in (0, 7):
        assert_allclose(facts.means[digit], some.images[some.labels == digit].mean(axis=0))
        assert_allclose(facts.deviations[digit], some.images[some.labels == digit].std(axis=0), atol=1e-5)
    assert_allclose(facts.mean, some.images.mean(axis=0))
    assert_allclose(facts.deviation, some.images.std(axis=0), atol=1e-5)
    assert_array_equal(facts.unused, (some.images == 0).all(axis=0))


def test_an_absent_class_does_not_change_the_overall_mean() -> None:
    facts = statistics.of_digits(digits_of_one_value(10, 30), np.array([3, 9], np.uint8))
    assert_array_equal(facts.mean, np.full((28, 28), 20.0))
    assert_array_equal(facts.deviation, np.full((28, 28), 10.0))


def test_ink_gives_quantiles_of_the_mean_pixel_value_by_class() -> None:
    facts = statistics.of_digits(digits_of_one_value(10, 20, 30, 40, 50, 90), np.array([1] * 5 + [2], np.uint8))
    assert_allclose(facts.ink[1], [12, 20, 30, 40, 48])
    assert_allclose(facts.ink[2], 90)
    assert np.isnan(facts.ink[0]).all()
