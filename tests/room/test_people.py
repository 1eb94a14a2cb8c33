"""Nicknames, on both kinds of database: one for a person, one person for a name."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from mnist_core.room.nicknames import LONGEST, NicknameError, checked
from mnist_core.room.people import People
from tests.drawn import add


@pytest.fixture
def people(database):
    return People(database)


def test_a_person_is_called_what_they_said_last(people):
    assert people.nickname("a") == ""
    assert people.call("a", "  Ada ") == "Ada"
    assert people.call("a", "Countess") == "Countess"
    assert people.nickname("a") == "Countess"
    assert people.nicknames(["a", "b"]) == {"a": "Countess"}
    assert people.call("b", "Ada") == "Ada", "a name that was given up is free"


@pytest.mark.parametrize(
    "other", ["ada lovelace", "ADA  LOVELACE", "Ada\u00a0Lovelace", "Ada\u3000Lovelace ", "Ａda Lovelace"]
)
def test_two_people_never_have_names_that_look_the_same(people, other):
    people.call("a", "Ada Lovelace")
    people.call("b", "Bob")
    with pytest.raises(NicknameError, match=r"is called .* already"):
        people.call("b", other)
    assert people.nickname("b") == "Bob", "who asked for a name that is taken keeps the old one"
    assert people.call("a", other), "it is no other's name for the person who has it"


def test_of_many_who_want_a_name_at_once_one_gets_it(people):
    def ask(person: str) -> bool:
        try:
            return bool(people.call(person, "Ada"))
        except NicknameError:
            return False

    with ThreadPoolExecutor(8) as asking:
        assert sum(asking.map(ask, "abcdefgh")) == 1


@pytest.mark.parametrize("name", ["Ada", "Zoë", "Łukasz 2", "O'Brien", "李小龙", "देव", "J.-P.", "a" * LONGEST])
def test_a_name_of_any_language_is_kept_as_it_is(name):
    assert checked(name) == name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a" * (LONGEST + 1), "1 to 24 characters, got 25"),
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
def test_what_cannot_be_a_name_is_told(name, told):
    with pytest.raises(NicknameError, match=told):
        checked(name)


def test_ones_earlier_drawings_are_signed_anew(people, room):
    add(room, person="a", nickname="")
    add(room, person="b", nickname="Bob")
    people.call("a", "Ada")
    assert {stored.nickname for stored in room.newest(5)} == {"Ada", "Bob"}
    people.call("a", "")
    assert people.nickname("a") == ""
    assert {stored.nickname for stored in room.newest(5)} == {None, "Bob"}


def test_all_that_is_ones_own_can_be_deleted(people, room):
    for person in "aab":
        add(room, person=person)
    people.call("a", "Ada")
    people.forget("a")
    assert (people.nickname("a"), room.drawn_by("a")) == ("", [])
    assert [stored.person for stored in room.newest(5)] == ["b"]
    assert people.call("b", "Ada") == "Ada"
