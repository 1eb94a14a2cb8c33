"""The facts about neighbours, computed for a few digits and kept for all of them, against plain loops."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.digits import neighbours
from mnist_core.digits.mnist import DatasetError, Mnist, Split
from mnist_core.digits.similarity import squared_distances

SOME = (0, 947, 27_111, 59_999, 60_000, 60_947, 69_999)  # across both splits; 27,111 has the nearest neighbour of all


def images(digits: Mnist) -> np.ndarray:
    return np.concatenate([digits.train.images, digits.test.images])


@pytest.fixture(scope="module")
def few(digits: Mnist) -> tuple[Split, Split]:
    return digits.train.take(np.arange(400)), digits.test.take(np.arange(150))


def test_the_facts_about_a_few_digits_are_those_of_a_plain_loop(few: tuple[Split, Split]) -> None:
    train, test = few
    both = train.joined(test)
    facts = neighbours.of_digits(train, test)
    for number in range(0, 550, 37):
        squared = squared_distances(both.images[number], both.images).astype(float)
        squared[number] = np.inf
        assert_array_equal(facts.squared[number], [squared[:400].min(), squared[400:].min()])
        assert_array_equal(squared[facts.nearest[number]], facts.squared[number])
        same = both.labels == both.labels[number]
        assert_allclose(facts.strangeness[number], np.sqrt(np.sort(squared[same])[:10]).mean(), rtol=1e-6)
        assert facts.agreement[number] == same[np.argsort(squared, kind="stable")[:10]].sum()


def test_what_is_kept_is_what_a_plain_loop_over_all_digits_finds(digits: Mnist) -> None:
    facts, every = neighbours.load(), images(digits)
    for number in SOME:
        squared = np.concatenate([squared_distances(every[number], part) for part in np.array_split(every, 20)])
        squared = squared.astype(float)
        squared[number] = np.inf
        assert_array_equal(facts.squared[number], [squared[:60_000].min(), squared[60_000:].min()])
        same = neighbours.labels() == neighbours.labels()[number]
        assert_allclose(facts.strangeness[number], np.sqrt(np.sort(squared[same])[:10]).mean(), rtol=1e-6)
        assert facts.agreement[number] == same[np.argsort(squared, kind="stable")[:10]].sum()


def test_no_two_digits_are_the_same_picture(digits: Mnist) -> None:
    assert len({image.tobytes() for image in images(digits)}) == 70_000
    assert neighbours.load().squared.min() > 0


def test_the_typical_come_first_and_the_strange_last() -> None:
    facts, labels = neighbours.load(), neighbours.labels()
    ordered = neighbours.typical_first(facts, labels, 4)
    assert len(ordered) == (labels == 4).sum()
    assert (labels[ordered] == 4).all()
    assert (np.diff(facts.strangeness[ordered]) >= 0).all()
    assert (np.diff(facts.agreement[neighbours.lonely_first(facts, labels, 4)].astype(int)) >= 0).all()


@pytest.mark.parametrize(
    ("scope", "splits"), [("train", (False, False)), ("test", (True, True)), ("across", (True, False))]
)
def test_pairs_lie_in_the_splits_that_were_asked_for(scope: str, splits: tuple[bool, bool], digits: Mnist) -> None:
    pairs, distances = neighbours.closest_pairs(neighbours.load(), neighbours.labels(), scope, 7)
    assert ((pairs >= 60_000) == splits).all()
    assert (np.diff(distances) >= 0).all()
    assert len(np.unique(np.sort(pairs, axis=1), axis=0)) == len(pairs)
    assert (neighbours.labels()[pairs] == 7).any(axis=1).all()
    first, second = images(digits)[pairs[0]]
    assert_allclose(distances[0] ** 2, squared_distances(first, second[None]))


def test_a_damaged_file_says_how_to_make_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "FILE", tmp_path / "neighbours.npz")
    (tmp_path / "neighbours.npz").write_bytes(b"PK no archive")
    with pytest.raises(DatasetError, match=r"python -m mnist_core\.digits\.neighbours"):
        neighbours.load.__wrapped__()
