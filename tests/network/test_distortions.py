"""Distorted digits are still the same digits, each time a little different."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from mnist_core.network import distortions


@pytest.fixture
def few(digits):
    return digits.train.images[:300]


def test_every_digit_comes_out_changed_and_differently_each_time(few):
    first, second = distortions.distort(few).numpy(), distortions.distort(few).numpy()
    assert first.shape == few.shape
    assert first.dtype == np.float32
    changed = np.abs(first - second).mean(axis=(1, 2))
    assert changed.min() > 1


def test_ink_stays_in_range_and_hardly_any_is_lost(few):
    out = distortions.distort(few).numpy()
    assert out.min() >= 0
    assert out.max() <= 255
    ratio = out.sum(axis=(1, 2)) / few.sum(axis=(1, 2))
    assert 0.9 < np.median(ratio) < 1.1
    assert ratio.min() > 0.5


def test_without_displacement_nothing_changes(few, monkeypatch):
    for name in ("ELASTIC", "TURN", "SHEAR", "STRETCH", "SHIFT"):
        monkeypatch.setattr(distortions, name, 0.0)
    assert_allclose(distortions.distort(few).numpy(), few, atol=0.1)


def test_a_shift_moves_a_digit_by_that_many_pixels(few, monkeypatch):
    for name in ("ELASTIC", "TURN", "SHEAR", "STRETCH", "SHIFT"):
        monkeypatch.setattr(distortions, name, 0.0)
    monkeypatch.setattr(distortions.tf.random, "uniform", lambda shape, *_: np.full(shape, 2.0, np.float32))
    monkeypatch.setattr(distortions, "_affine", lambda count: np.tile(np.eye(2, dtype=np.float32), (300, 1, 1)))
    assert_allclose(distortions.distort(few).numpy()[:, :-2, :-2], few[:, 2:, 2:], atol=0.1)


def test_the_same_seed_distorts_alike(few):
    keras.utils.set_random_seed(5)
    first = distortions.distort(few).numpy()
    keras.utils.set_random_seed(5)
    assert_allclose(distortions.distort(few).numpy(), first)
