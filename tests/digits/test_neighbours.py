"""Tests of neighbour statistics, computed for a few digits and stored for all, against plain loops."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.digits import neighbours
from mnist_core.digits.mnist import DatasetError, Mnist, Split
from mnist_core.digits.similarity import squared_distances

SAMPLE = (0, 947, 27_111, 59_999, 60_000, 60_947, 69_999)  # of both splits; 27,111 has the nearest neighbour of all


def images(digits: Mnist) -> np.ndarray:
    return np.concatenate([digits.train.images, digits.test.images])


@pytest.fixture(scope="module")
def few(digits: Mnist) -> tuple[Split, Split]:
    return digits.train.take(np.arange(400)), digits.test.take(np.arange(150))


def test_statistics_of_a_few_digits_equal_those_of_a_plain_loop(few: tuple[Split, Split]) -> None:
    train, test = few
    both = train.joined(test)
    facts = neighbours.of_digits(train, test)
    for index in range(0, 550, 37):
        squared = squared_distances(both.images[index], both.images).astype(float)
        squared[index] = np.inf
        assert_array_equal(facts.squared[index], [squared[:400].min(), squared[400:].min()])
        assert_array_equal(squared[facts.nearest[index]], facts.squared[index])
        same = both.labels == both.labels[index]
        assert_allclose(facts.strangeness[index], np.sqrt(np.sort(squared[same])[:10]).mean(), rtol=1e-6)
        assert facts.agreement[index] == same[np.argsort(squared, kind="stable")[:10]].sum()


def test_stored_statistics_equal_those_of_a_plain_loop_over_all_digits(digits: Mnist) -> None:
    facts, both = neighbours.load(), images(digits)
    for index in SAMPLE:
        squared = np.concatenate([squared_distances(both[index], part) for part in np.array_split(both, 20)])
        squared = squared.astype(float)
        squared[index] = np.inf
        assert_array_equal(facts.squared[index], [squared[:60_000].min(), squared[60_000:].min()])
        same = neighbours.labels() == neighbours.labels()[index]
        assert_allclose(facts.strangeness[index], np.sqrt(np.sort(squared[same])[:10]).mean(), rtol=1e-6)
        assert facts.agreement[index] == same[np.argsort(squared, kind="stable")[:10]].sum()


def test_no_two_mnist_images_are_equal(digits: Mnist) -> None:
    assert len({image.tobytes() for image in images(digits)}) == 70_000
    assert neighbours.load().squared.min() > 0


def test_digits_are_sorted_by_strangeness_and_by_agreement() -> None:
    facts, labels = neighbours.load(), neighbours.labels()
    ordered = neighbours.most_typical_first(facts, labels, 4)
    assert len(ordered) == (labels == 4).sum()
    assert (labels[ordered] == 4).all()
    assert (np.diff(facts.strangeness[ordered]) >= 0).all()
    assert (np.diff(facts.agreement[neighbours.least_agreeing_first(facts, labels, 4)].astype(int)) >= 0).all()


@pytest.mark.parametrize(
    ("scope", "splits"), [("train", (False, False)), ("test", (True, True)), ("across", (True, False))]
)
def test_closest_pairs_come_from_the_requested_splits(scope: str, splits: tuple[bool, bool], digits: Mnist) -> None:
    pairs, distances = neighbours.closest_pairs(neighbours.load(), neighbours.labels(), scope, 7)
    assert ((pairs >= 60_000) == splits).all()
    assert (np.diff(distances) >= 0).all()
    assert len(np.unique(np.sort(pairs, axis=1), axis=0)) == len(pairs)
    assert (neighbours.labels()[pairs] == 7).any(axis=1).all()
    first, second = images(digits)[pairs[0]]
    assert_allclose(distances[0] ** 2, squared_distances(first, second[None]))


def test_a_damaged_file_raises_dataset_error_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "FILE", tmp_path / "neighbours.npz")
    (tmp_path / "neighbours.npz").write_bytes(b"PK no archive")
    with pytest.raises(DatasetError, match=r"python -m mnist_core\.digits\.neighbours"):
        neighbours.load.__wrapped__()
