"""What the host sets holds for everyone: a pinned network, a pause, a round whose answers are hidden."""

import pytest

from mnist_core.room.database import RoomError, open_database
from mnist_core.room.settings import SECONDS_A_LOOK_HOLDS, SECONDS_TO_RECOVER, Settings
from mnist_core.room.state import RoomRound, RoomState
from tests.drawn import ANSWER, DIGIT, SEVEN, add

ROUND_1 = RoomRound("r1", 7, revealed=False)


class Clock:
    """Time that passes when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def settings(database, clock):
    return Settings(database, clock)


def hand_in(room, *, person: str = "ada", round_: str = "r1") -> str:
    return room.add(SEVEN, DIGIT, ANSWER, source="round", person=person, nickname="", round_=round_)


def test_a_new_room_has_nothing_set(settings):
    assert settings.now() == RoomState()


def test_each_change_leaves_the_other_settings_as_they_are(settings):
    settings.change(pinned="book")
    settings.change(paused=True)
    settings.change(round="r1", digit=7)
    assert settings.now() == RoomState(pinned="book", paused=True, round=ROUND_1)


def test_another_process_sees_a_change_within_a_second_and_asks_no_more_often(settings, database, clock):
    other = Settings(database)
    assert settings.now() == RoomState()
    other.change(paused=True)
    clock.now += SECONDS_A_LOOK_HOLDS / 2
    assert not settings.now().paused
    clock.now += SECONDS_A_LOOK_HOLDS
    assert settings.now().paused


def test_a_database_that_fails_is_told_and_not_asked_again_at_once(tmp_path, clock):
    (tmp_path / "room.db").write_bytes(b"no database at all " * 100)
    settings = Settings(open_database(tmp_path), clock)
    with pytest.raises(RoomError):
        settings.now()
    assert settings.now() == RoomState()
    clock.now += SECONDS_TO_RECOVER
    with pytest.raises(RoomError):
        settings.now()


def test_while_drawing_is_paused_nothing_is_saved(settings, room):
    settings.change(paused=True)
    with pytest.raises(RoomError, match="paused"):
        add(room)
    with pytest.raises(RoomError, match="paused"):
        room.take_in(b'[{"label": 7, "strokes": [[[1, 1], [99, 99]]]}]', name="f")
    settings.change(paused=False)
    add(room)
    assert len(room.newest(5)) == 1


def test_a_rounds_drawings_are_nowhere_until_it_is_revealed(settings, room):
    add(room, label=4)
    settings.change(round="r1", digit=7)
    own = hand_in(room)
    assert [stored.label for stored in room.newest(5)] == [4]
    assert [summary.label for summary in room.summaries()] == [4]
    assert room.counts().sum() == 1
    assert (room.find(own), room.digits([own]), room.of_round("r1")) == (None, {}, [])
    assert [stored.label for stored in room.drawn_by("ada")] == [4]
    assert own not in room.export().decode()
    assert room.handed_in("r1") == ["ada"]
    settings.change(revealed=True)
    assert [stored.id for stored in room.of_round("r1")] == [own]
    assert room.counts()[7] == 1


def test_a_round_that_ends_gives_its_drawings_to_the_room(settings, room):
    settings.change(round="r1", digit=7)
    hand_in(room)
    settings.change(round="r2", digit=1)
    assert room.counts()[7] == 1


def test_a_round_takes_one_drawing_of_each_person_while_it_lasts(settings, room):
    settings.change(round="r1", digit=7)
    hand_in(room)
    hand_in(room, person="bob")
    with pytest.raises(RoomError, match="already"):
        hand_in(room)
    settings.change(revealed=True)
    for ended in ("r1", "r2"):
        with pytest.raises(RoomError, match="over"):
            hand_in(room, person="eve", round_=ended)
