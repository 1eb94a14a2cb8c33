"""Tests of the most similar digits against plain loops."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.digits import similarity
from mnist_core.digits.mnist import Mnist

SIMILAR = np.random.default_rng(3).integers(250, 256, (500, 28, 28)).astype(np.uint8)  # too similar for float32


def distances_by_loop(digit: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.array([np.sqrt(((other.astype(int) - digit.astype(int)) ** 2).sum()) for other in others])


def test_nearest_digits_equal_those_of_a_plain_loop(digits: Mnist) -> None:
    others = digits.train.images[:3000]
    for digit in digits.test.images[:5]:
        indices, distances = similarity.nearest(digit, others, count=20)
        expected = distances_by_loop(digit, others)
        assert_array_equal(indices, np.argsort(expected, kind="stable")[:20])
        assert_array_equal(distances, expected[indices])


def test_digits_with_equal_float32_distances_are_sorted_exactly() -> None:
    indices, distances = similarity.nearest(SIMILAR[7], SIMILAR, count=len(SIMILAR))
    assert indices[0] == 7
    assert_array_equal(distances, np.sort(distances_by_loop(SIMILAR[7], SIMILAR)))


def test_a_count_above_the_number_of_digits_returns_all() -> None:
    indices, distances = similarity.nearest(SIMILAR[0], SIMILAR[:3], count=20)
    assert sorted(indices) == [0, 1, 2]
    assert distances[0] == 0


def test_nearest_in_chunks_equals_nearest_of_the_whole(monkeypatch: pytest.MonkeyPatch, digits: Mnist) -> None:
    others, digit = digits.test.images[:100], digits.train.images[0]
    whole = similarity.nearest(digit, others, count=9)
    monkeypatch.setattr(similarity, "CHUNK_SIZE", 7)
    for once, again in zip(whole, similarity.nearest(digit, others, count=9), strict=True):
        assert_array_equal(once, again)


def test_most_similar_leaves_out_the_digit_itself(digits: Mnist) -> None:
    similar = similarity.most_similar("test", 5, count=20)
    assert len(similar) == 20
    assert ("test", 5) not in {(split, index) for split, index, _ in similar}
    distances = [distance for *_, distance in similar]
    assert distances == sorted(distances)
    split, index, distance = similar[0]
    assert_allclose(distances_by_loop(digits.test.images[5], digits.split(split).images[[index]]), distance)
    assert {split for split, *_ in similar} == {"train", "test"}
