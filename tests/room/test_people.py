"""Tests of nicknames, with SQLite and PostgreSQL: each person has one, and each belongs to one person."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from mnist_core.room.nicknames import MAX_NICKNAME_LENGTH, NicknameError, normalize_nickname
from mnist_core.room.people import People
from tests.drawn import add


@pytest.fixture
def people(database):
    return People(database)


def test_a_person_has_the_nickname_that_they_set_last(people):
    assert people.nickname("a") == ""
    assert people.set_nickname("a", "  Ada ") == "Ada"
    assert people.set_nickname("a", "Countess") == "Countess"
    assert people.nickname("a") == "Countess"
    assert people.nicknames(["a", "b"]) == {"a": "Countess"}
    assert people.set_nickname("b", "Ada") == "Ada", "a name that was given up is free"


@pytest.mark.parametrize(
    "other", ["ada lovelace", "ADA  LOVELACE", "Ada\u00a0Lovelace", "Ada\u3000Lovelace ", "Ａda Lovelace"]
)
def test_a_nickname_that_looks_like_anothers_raises_nickname_error(people, other):
    people.set_nickname("a", "Ada Lovelace")
    people.set_nickname("b", "Bob")
    with pytest.raises(NicknameError, match=r"is called .* already"):
        people.set_nickname("b", other)
    assert people.nickname("b") == "Bob", "who asked for a name that is taken keeps the old one"
    assert people.set_nickname("a", other), "it is no other's name for the person who has it"


def test_only_one_of_several_people_setting_the_same_nickname_at_once_gets_it(people):
    def claim(person: str) -> bool:
        try:
            return bool(people.set_nickname(person, "Ada"))
        except NicknameError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, "abcdefgh")) == 1


@pytest.mark.parametrize(
    "name", ["Ada", "Zoë", "Łukasz 2", "O'Brien", "李小龙", "देव", "J.-P.", "a" * MAX_NICKNAME_LENGTH]
)
def test_a_nickname_in_any_language_is_returned_unchanged(name):
    assert normalize_nickname(name) == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a" * (MAX_NICKNAME_LENGTH + 1), "1 to 24 characters, got 25"),
        ("\u00a0", "got 0"),
        ("<b>Ada</b>", "may hold letters"),
        ("Ada\u200b", "may hold letters"),
        ("Ada\ufe0f", "may hold letters"),
        ("\u3164", "may hold letters"),
        ("Ada\u202e", "may hold letters"),
        ("Ada\0", "may hold letters"),
        ("\ud800", "may hold letters"),
        ("😀", "may hold letters"),
        ("...", "needs a letter"),
        ("A" + "\u0301" * 5, "at most two accents"),
    ],
)
def test_an_invalid_nickname_raises_nickname_error_with_the_reason(name, message):
    with pytest.raises(NicknameError, match=message):
        normalize_nickname(name)


def test_a_new_nickname_replaces_the_one_on_earlier_drawings(people, room):
    add(room, person="a", nickname="")
    add(room, person="b", nickname="Bob")
    people.set_nickname("a", "Ada")
    assert {stored.nickname for stored in room.newest(5)} == {"Ada", "Bob"}
    people.set_nickname("a", "")
    assert people.nickname("a") == ""
    assert {stored.nickname for stored in room.newest(5)} == {None, "Bob"}


def test_a_persons_nickname_and_drawings_can_be_deleted(people, room):
    for person in "aab":
        add(room, person=person)
    people.set_nickname("a", "Ada")
    people.delete_person("a")
    assert (people.nickname("a"), room.drawn_by("a")) == ("", [])
    assert [stored.person for stored in room.newest(5)] == ["b"]
    assert people.set_nickname("b", "Ada") == "Ada"
