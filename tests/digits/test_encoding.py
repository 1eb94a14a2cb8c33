"""Tests of flattening, scaling and one-hot encoding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_array_equal

from mnist_core.digits.encoding import flatten, one_hot, scale

DIGITS = np.arange(2 * 784).reshape(2, 28, 28).astype(np.uint8)


def test_flatten_concatenates_the_rows_without_a_copy() -> None:
    flat = flatten(DIGITS)
    assert flat.shape == (2, 784)
    assert_array_equal(flat[1, 28:56], DIGITS[1, 1])
    assert np.shares_memory(flat, DIGITS)


@given(pixels=arrays.arrays(np.uint8, (3, 5)))
def test_scaled_pixels_lie_between_0_and_1_and_scale_back(pixels: np.ndarray) -> None:
    scaled = scale(pixels)
    assert scaled.dtype == np.float32
    assert scaled.min() >= 0
    assert scaled.max() <= 1
    assert_array_equal(np.rint(scaled * 255).astype(np.uint8), pixels)


def test_the_one_hot_vector_of_8_has_its_1_at_index_8() -> None:
    assert_array_equal(one_hot(np.array([8], np.uint8)), [[0, 0, 0, 0, 0, 0, 0, 0, 1, 0]])


def test_argmax_of_one_hot_vectors_gives_the_labels() -> None:
    labels = np.arange(10, dtype=np.uint8)
    vectors = one_hot(labels)
    assert vectors.dtype == np.float32
    assert vectors.sum() == pytest.approx(10)
    assert_array_equal(vectors.argmax(axis=1), labels)
