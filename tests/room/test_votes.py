"""Tests of the votes on labels, with SQLite and PostgreSQL: at most one for each person and digit."""

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


def test_votes_are_counted_by_digit_in_the_order_of_the_given_indices(votes):
    for person, digit in zip("abcd", (9, 9, 8, None), strict=True):
        votes.vote(947, digit, person=person)
    votes.vote(6651, 0, person="a")
    counts = votes.counts([6651, 947, 1621])
    expected = np.zeros((3, 11), int)
    expected[0, 0] = expected[1, 8] = expected[1, CANNOT_TELL] = 1
    expected[1, 9] = 2
    assert_array_equal(counts, expected)


def test_a_person_withdraws_own_votes_only(votes):
    for person in "ab":
        for index in (1, 2, 3):
            votes.vote(index, 7, person=person)
    votes.withdraw([1, 3, 4], person="a")
    assert votes.cast_by("a") == {2: 7}
    assert votes.counts([1, 2, 3])[:, 7].tolist() == [1, 2, 1]


@pytest.mark.parametrize("digit", [-1, 10])
def test_a_vote_for_a_number_that_is_no_digit_raises_room_error(votes, digit):
    with pytest.raises(RoomError):
        votes.vote(947, digit, person="ada")
    assert votes.cast_by("ada") == {}


def test_simultaneous_votes_of_a_person_on_one_digit_count_once(votes):
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda number: votes.vote(947, number % 10, person=str(number % 20)), range(40)))
    assert votes.counts([947]).tolist() == [[2] * 10 + [0]]


def test_deleting_a_persons_data_deletes_their_votes(votes, database):
    for person in "ab":
        votes.vote(947, 9, person=person)
    People(database).delete_person("a")
    assert votes.cast_by("a") == {}
    assert votes.counts([947])[0, 9] == 1


def test_exported_votes_are_anonymous_and_are_imported_only_once(votes, database):
    votes.vote(947, 9, person="ada's key")
    votes.vote(6651, None, person="ada's key")
    votes.vote(947, 8, person="bob's key")
    content = votes.export()
    assert b"key" not in content
    People(database).delete_person("ada's key")
    votes.vote(947, 9, person="bob's key")
    for _ in range(2):
        votes.import_json(content, name="votes.json")
    assert votes.cast_by("ada's key") == {947: 9, 6651: None}
    assert votes.cast_by("bob's key") == {947: 9}, "what was said since stays"
    assert votes.counts([947, 6651]).sum(axis=1).tolist() == [2, 1]


def test_an_export_without_votes_can_be_imported(votes):
    votes.import_json(votes.export(), name="votes.json")
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
def test_a_file_with_an_invalid_vote_raises_vote_error_and_imports_none(votes, broken):
    valid_vote = {"voter": voter_of("ada"), "test_index": 947, "digit": 9}
    with pytest.raises(VoteError, match=r"votes\.json should hold a list of votes"):
        votes.import_json(json.dumps([valid_vote, valid_vote | broken]).encode(), name="votes.json")
    assert votes.cast_by("ada") == {}


@pytest.mark.parametrize("content", [b"", b"\xff", b"[" * 100_000, b"[" * 5_000 + b"]" * 5_000])
def test_a_file_that_is_no_json_raises_vote_error(votes, content):
    with pytest.raises(VoteError, match=r"votes\.json cannot be read as JSON"):
        votes.import_json(content, name="votes.json")


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"1" + b"0" * 400, b"1" + b"0" * 5_000])
@pytest.mark.parametrize("field", ["test_index", "digit"])
def test_a_vote_with_an_endless_number_raises_vote_error(votes, field, number):
    content = json.dumps([{"voter": voter_of("ada"), "test_index": 947, "digit": 9} | {field: "number"}]).encode()
    with pytest.raises(VoteError, match=r"votes\.json"):
        votes.import_json(content.replace(b'"number"', number), name="votes.json")


@pytest.mark.parametrize(
    "broken",
    [
        {"k" * 10_000: 1},
        {"two\r\nlines\u2028": 1},
        {"voter": "x" * 10_000},
        {"digit": "9" * 10_000},
        {"digit": [[9]] * 99},
    ],
    ids=["long key", "lines in a key", "long voter", "long digit", "list"],
)
def test_an_error_of_a_hostile_votes_file_is_one_line_with_the_number_of_the_vote(votes, broken):
    valid_vote = {"voter": voter_of("ada"), "test_index": 947, "digit": 9}
    with pytest.raises(VoteError, match=r"votes\.json should hold a list of votes.* Vote 2: ") as caught:
        votes.import_json(json.dumps([valid_vote, valid_vote | broken]).encode(), name="votes.json")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 300


def test_a_file_of_a_million_invalid_votes_ends_at_the_first(votes):
    with pytest.raises(VoteError, match="Vote 1: Input should be an object") as caught:
        votes.import_json(b"[" + b"1," * 1_000_000 + b"1]", name="votes.json")
    assert caught.value.__cause__.error_count() == 1
