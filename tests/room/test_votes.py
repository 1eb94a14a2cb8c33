"""The room's votes, on both kinds of database: one for a person and digit."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.room.database import RoomError
from mnist_core.room.people import People
from mnist_core.room.votes import CANNOT_TELL, VoteError, Votes, voter_of


@pytest.fixture
def votes(database):
    return Votes(database)


def test_a_person_votes_once_for_a_digit_and_may_change_it(votes):
    votes.vote(947, 8, person="ada")
    votes.vote(947, 9, person="ada")
    votes.vote(6651, None, person="ada")
    assert votes.cast_by("ada") == {947: 9, 6651: None}
    assert votes.cast_by("bob") == {}
    assert votes.counts([947, 6651]).sum(axis=1).tolist() == [1, 1]


def test_votes_are_counted_by_what_was_read_in_the_order_asked_for(votes):
    for person, digit in zip("abcd", (9, 9, 8, None), strict=True):
        votes.vote(947, digit, person=person)
    votes.vote(6651, 0, person="a")
    counts = votes.counts([6651, 947, 1621])
    expected = np.zeros((3, 11), int)
    expected[0, 0] = expected[1, 8] = expected[1, CANNOT_TELL] = 1
    expected[1, 9] = 2
    assert_array_equal(counts, expected)


def test_one_withdraws_ones_own_votes_and_nobody_elses(votes):
    for person in "ab":
        for index in (1, 2, 3):
            votes.vote(index, 7, person=person)
    votes.withdraw([1, 3, 4], person="a")
    assert votes.cast_by("a") == {2: 7}
    assert votes.counts([1, 2, 3])[:, 7].tolist() == [1, 2, 1]


@pytest.mark.parametrize("digit", [-1, 10])
def test_what_is_no_digit_is_no_vote(votes, digit):
    with pytest.raises(RoomError):
        votes.vote(947, digit, person="ada")
    assert votes.cast_by("ada") == {}


def test_of_votes_that_come_at_once_each_counts_once(votes):
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda number: votes.vote(947, number % 10, person=str(number % 20)), range(40)))
    assert votes.counts([947]).tolist() == [[2] * 10 + [0]]


def test_votes_go_with_a_persons_other_things(votes, database):
    for person in "ab":
        votes.vote(947, 9, person=person)
    People(database).forget("a")
    assert votes.cast_by("a") == {}
    assert votes.counts([947])[0, 9] == 1


def test_votes_go_out_without_who_cast_them_and_come_back_once(votes, database):
    votes.vote(947, 9, person="ada's key")
    votes.vote(6651, None, person="ada's key")
    votes.vote(947, 8, person="bob's key")
    content = votes.export()
    assert b"key" not in content
    People(database).forget("ada's key")
    votes.vote(947, 9, person="bob's key")
    for _ in range(2):
        votes.take_in(content, name="votes.json")
    assert votes.cast_by("ada's key") == {947: 9, 6651: None}
    assert votes.cast_by("bob's key") == {947: 9}, "what was said since stays"
    assert votes.counts([947, 6651]).sum(axis=1).tolist() == [2, 1]


def test_no_votes_go_out_and_in(votes):
    votes.take_in(votes.export(), name="votes.json")
    assert votes.counts([947]).sum() == 0


@pytest.mark.parametrize(
    "broken",
    [
        {"voter": "ada"},
        {"voter": 5},
        {"test_index": 10_000},
        {"test_index": -1},
        {"test_index": True},
        {"digit": 10},
        {"digit": 9.0},
        {"digit": "9"},
        {"more": 1},
    ],
)
def test_what_is_no_vote_is_told_and_none_of_its_file_is_kept(votes, broken):
    whole = {"voter": voter_of("ada"), "test_index": 947, "digit": 9}
    with pytest.raises(VoteError, match=r"votes\.json should hold a list of votes"):
        votes.take_in(json.dumps([whole, whole | broken]).encode(), name="votes.json")
    assert votes.cast_by("ada") == {}


@pytest.mark.parametrize("content", [b"", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_told(votes, content):
    with pytest.raises(VoteError, match=r"votes\.json cannot be read as JSON"):
        votes.take_in(content, name="votes.json")
