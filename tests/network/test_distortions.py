"""Tests of the random distortions that augment the training digits."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from mnist_core.network import distortions


@pytest.fixture
def few(digits):
    return digits.train.images[:300]


def test_two_calls_distort_every_digit_differently(few):
    first, second = distortions.distort(few).numpy(), distortions.distort(few).numpy()
    assert first.shape == few.shape
    assert first.dtype == np.float32
    changed = np.abs(first - second).mean(axis=(1, 2))
    assert changed.min() > 1


def test_distorted_pixels_stay_in_range_and_keep_most_ink(few):
    out = distortions.distort(few).numpy()
    assert out.min() >= 0
    assert out.max() <= 255
    ratio = out.sum(axis=(1, 2)) / few.sum(axis=(1, 2))
    assert 0.9 < np.median(ratio) < 1.1
    assert ratio.min() > 0.5


def test_without_displacement_nothing_changes(few, monkeypatch):
    for name in ("ELASTIC_STDDEV", "MAX_ROTATION", "MAX_SHEAR", "MAX_LOG_SCALE", "MAX_SHIFT"):
        monkeypatch.setattr(distortions, name, 0.0)
    assert_allclose(distortions.distort(few).numpy(), few, atol=0.1)


def test_a_shift_moves_a_digit_by_that_many_pixels(few, monkeypatch):
    for name in ("ELASTIC_STDDEV", "MAX_ROTATION", "MAX_SHEAR", "MAX_LOG_SCALE", "MAX_SHIFT"):
        monkeypatch.setattr(distortions, name, 0.0)
    monkeypatch.setattr(distortions.tf.random, "uniform", lambda shape, *_: np.full(shape, 2.0, np.float32))
    monkeypatch.setattr(distortions, "_affine", lambda count: np.tile(np.eye(2, dtype=np.float32), (300, 1, 1)))
    assert_allclose(distortions.distort(few).numpy()[:, :-2, :-2], few[:, 2:, 2:], atol=0.1)


def test_equal_seeds_give_equal_distortions(few):
    keras.utils.set_random_seed(5)
    first = distortions.distort(few).numpy()
    keras.utils.set_random_seed(5)
    assert_allclose(distortions.distort(few).numpy(), first)
