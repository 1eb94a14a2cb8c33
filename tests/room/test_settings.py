"""Tests of the room's settings: the pinned network, the pause, and the round with hidden predictions."""

import pytest

from mnist_core.room.database import RoomError, open_database
from mnist_core.room.settings import CACHE_SECONDS, RETRY_SECONDS, Settings
from mnist_core.room.state import RoomRound, RoomState
from tests.drawn import ANSWER, DIGIT, SEVEN, add

ROUND_1 = RoomRound("r1", 7, revealed=False)


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def settings(database, clock):
    return Settings(database, clock)


def submit(room, *, person: str = "ada", round_: str = "r1") -> str:
    return room.add(SEVEN, DIGIT, ANSWER, source="round", person=person, nickname="", round_=round_)


def test_a_new_room_has_the_default_settings(settings):
    assert settings.now() == RoomState()


def test_changing_one_setting_keeps_the_others(settings):
    settings.change(pinned="book")
    settings.change(paused=True)
    settings.change(round="r1", digit=7)
    assert settings.now() == RoomState(pinned="book", paused=True, round=ROUND_1)


def test_another_process_sees_a_change_after_at_most_a_second(settings, database, clock):
    other = Settings(database)
    assert settings.now() == RoomState()
    other.change(paused=True)
    clock.now += CACHE_SECONDS / 2
    assert not settings.now().paused
    clock.now += CACHE_SECONDS
    assert settings.now().paused


def test_a_database_error_is_raised_once_and_the_database_not_queried_until_a_delay_has_passed(tmp_path, clock):
    (tmp_path / "room.db").write_bytes(b"no database at all " * 100)
    settings = Settings(open_database(tmp_path), clock)
    with pytest.raises(RoomError):
        settings.now()
    assert settings.now() == RoomState()
    clock.now += RETRY_SECONDS
    with pytest.raises(RoomError):
        settings.now()


def test_while_drawing_is_paused_adding_a_drawing_raises_room_error(settings, room):
    settings.change(paused=True)
    with pytest.raises(RoomError, match="paused"):
        add(room)
    with pytest.raises(RoomError, match="paused"):
        room.import_json(b'[{"label": 7, "strokes": [[[1, 1], [99, 99]]]}]', name="f")
    settings.change(paused=False)
    add(room)
    assert len(room.newest(5)) == 1


def test_the_drawings_of_a_round_are_hidden_until_it_is_revealed(settings, room):
    add(room, label=4)
    settings.change(round="r1", digit=7)
    drawing_id = submit(room)
    assert [stored.label for stored in room.newest(5)] == [4]
    assert [summary.label for summary in room.summaries()] == [4]
    assert room.counts().sum() == 1
    assert (room.find(drawing_id), room.digits([drawing_id]), room.in_round("r1")) == (None, {}, [])
    assert [stored.label for stored in room.drawn_by("ada")] == [4]
    assert drawing_id not in room.export().decode()
    assert room.participants("r1") == ["ada"]
    settings.change(revealed=True)
    assert [stored.id for stored in room.in_round("r1")] == [drawing_id]
    assert room.counts()[7] == 1


def test_the_drawings_of_a_round_are_visible_after_it_ends(settings, room):
    settings.change(round="r1", digit=7)
    submit(room)
    settings.change(round="r2", digit=1)
    assert room.counts()[7] == 1


def test_a_round_accepts_one_drawing_of_each_person_until_it_is_revealed(settings, room):
    settings.change(round="r1", digit=7)
    submit(room)
    submit(room, person="bob")
    with pytest.raises(RoomError, match="already"):
        submit(room)
    settings.change(revealed=True)
    for round_id in ("r1", "r2"):
        with pytest.raises(RoomError, match="over"):
            submit(room, person="eve", round_=round_id)
