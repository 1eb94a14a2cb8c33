"""Which digits are alike, against plain loops and scikit-learn's definition of a distance."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.digits import similarity
from mnist_core.digits.mnist import Mnist

CLOSE = np.random.default_rng(3).integers(250, 256, (500, 28, 28)).astype(np.uint8)  # float32 cannot order these


def by_loop(digit: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.array([np.sqrt(((other.astype(int) - digit.astype(int)) ** 2).sum()) for other in others])


def test_the_nearest_are_those_that_a_plain_loop_finds(digits: Mnist) -> None:
    others = digits.train.images[:3000]
    for digit in digits.test.images[:5]:
        places, distances = similarity.nearest(digit, others, count=20)
        expected = by_loop(digit, others)
        assert_array_equal(places, np.argsort(expected, kind="stable")[:20])
        assert_array_equal(distances, expected[places])


def test_digits_that_floats_cannot_tell_apart_are_in_the_right_order() -> None:
    places, distances = similarity.nearest(CLOSE[7], CLOSE, count=len(CLOSE))
    assert places[0] == 7
    assert_array_equal(distances, np.sort(by_loop(CLOSE[7], CLOSE)))


def test_asking_for_more_than_there_are_gives_all() -> None:
    places, distances = similarity.nearest(CLOSE[0], CLOSE[:3], count=20)
    assert sorted(places) == [0, 1, 2]
    assert distances[0] == 0


def test_comparing_in_chunks_finds_the_same(monkeypatch: pytest.MonkeyPatch, digits: Mnist) -> None:
    others, digit = digits.test.images[:100], digits.train.images[0]
    whole = similarity.nearest(digit, others, count=9)
    monkeypatch.setattr(similarity, "CHUNK", 7)
    for once, again in zip(whole, similarity.nearest(digit, others, count=9), strict=True):
        assert_array_equal(once, again)


def test_a_digit_is_not_among_those_most_similar_to_it(digits: Mnist) -> None:
    found = similarity.most_similar("test", 5, count=20)
    assert len(found) == 20
    assert ("test", 5) not in {(split, index) for split, index, _ in found}
    distances = [distance for *_, distance in found]
    assert distances == sorted(distances)
    split, index, distance = found[0]
    assert_allclose(by_loop(digits.test.images[5], digits.split(split).images[[index]]), distance)
    assert {split for split, *_ in found} == {"train", "test"}
