"""What the desk does for a host, and that it does nothing for anybody else."""

import inspect
from pathlib import Path

import pytest

from mnist_core.config import RunConfig
from mnist_core.room.database import open_database
from mnist_core.room.desk import Desk
from mnist_core.room.drawings import Drawings
from mnist_core.room.host import Door, Host, HostError
from mnist_core.room.settings import Settings
from mnist_core.runs import queue, store
from mnist_core.runs.run import CANCELLED, RunError
from tests.room.drawn import add


@pytest.fixture
def door() -> Door:
    return Door("pw")


@pytest.fixture
def host(door) -> Host:
    return door.enter("pw")


@pytest.fixture
def settings(home) -> Settings:
    return Settings(open_database(home))


@pytest.fixture
def room(home) -> Drawings:
    return Drawings(open_database(home))


@pytest.fixture
def desk(door, home, settings, room) -> Desk:
    return Desk(door, home, settings, room)


def methods() -> list[str]:
    return [name for name, _ in inspect.getmembers(Desk, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("stranger", [None, Host(b""), Host(b"pw"), Door("pw").enter("pw"), "pw"])
@pytest.mark.parametrize("name", methods())
def test_a_stranger_can_do_nothing_at_all(desk, name, stranger, home: Path, monkeypatch):
    before = sorted(home.rglob("*"))
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("it began before the door was asked"))
    method = getattr(desk, name)
    others = dict.fromkeys(list(inspect.signature(method).parameters)[1:])
    with pytest.raises(HostError, match="Only the host"):
        method(stranger, **others)
    assert sorted(home.rglob("*")) == before


def test_only_a_network_that_there_is_can_be_pinned(desk, host, settings):
    desk.pin(host, "book")
    with pytest.raises(RunError, match="no run called"):
        desk.pin(host, "none")
    assert settings.now().pinned == "book"
    desk.pin(host, None)
    assert settings.now().pinned is None


def test_a_round_goes_from_the_question_to_the_answers_to_the_end(desk, host, settings):
    desk.pause(host, paused=True)
    desk.start_round(host, 4)
    asked = settings.now().round
    assert (asked.digit, asked.revealed, settings.now().paused) == (4, False, False)
    desk.reveal(host)
    assert settings.now().round.revealed
    desk.start_round(host, 4)
    assert settings.now().round.id != asked.id
    assert not settings.now().round.revealed
    desk.end_round(host)
    assert settings.now().round is None
    with pytest.raises(HostError, match="0 to 9"):
        desk.start_round(host, 10)


def test_a_drawing_is_hidden_and_brought_back(desk, host, room):
    drawn = add(room)
    desk.hide(host, drawn)
    assert (room.newest(5), [each.id for each in desk.hidden(host)]) == ([], [drawn])
    desk.hide(host, drawn, hidden=False)
    assert ([each.id for each in room.newest(5)], desk.hidden(host)) == ([drawn], [])


def test_the_line_is_the_hosts_to_change(desk, host, home):
    first, second = (store.create(RunConfig(name=name, person="ada"), home) for name in ("first", "second"))
    desk.put_first(host, second.id)
    assert queue.waiting(home) == [second, first]
    desk.cancel(host, second.id)
    assert (queue.waiting(home), second.status.state) == ([first], CANCELLED)
    with pytest.raises(RunError, match="no run called"):
        desk.cancel(host, "gone")
