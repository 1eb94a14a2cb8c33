"""Tests of the host's actions, and that they need the host's token."""

import time
import zipfile
from pathlib import Path

import pytest

from mnist_core.config import RunConfig
from mnist_core.engine import queue
from mnist_core.errors import RunError
from mnist_core.host import backup
from mnist_core.host.actions import RESET_PHRASE, HostActions
from mnist_core.host.auth import HostAuthenticator, HostError, HostToken
from mnist_core.host.backup import BundleError
from mnist_core.room.database import Database, open_database
from mnist_core.room.drawings import Drawings
from mnist_core.room.people import People
from mnist_core.room.settings import Settings
from mnist_core.room.state import RoomState
from mnist_core.room.votes import Votes
from mnist_core.runs import archive, scan, store
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, RUNNING
from tests.drawn import ANSWER, DIGIT, SEVEN, add
from tests.runs.test_leaderboards import finished_run


@pytest.fixture
def authenticator() -> HostAuthenticator:
    return HostAuthenticator("pw")


@pytest.fixture
def database(home) -> Database:
    return open_database(home)


@pytest.fixture
def settings(database) -> Settings:
    return Settings(database)


@pytest.fixture
def room(database) -> Drawings:
    return Drawings(database)


@pytest.fixture
def host_actions(authenticator, home, database, settings) -> HostActions:
    return HostActions(authenticator.authenticate("pw"), authenticator, home, database, settings)


@pytest.mark.parametrize(
    "forged_token", [None, HostToken(b""), HostToken(b"pw"), HostAuthenticator("pw").authenticate("pw"), "pw"]
)
def test_a_forged_token_gets_no_host_actions(forged_token, authenticator, home, database, settings):
    with pytest.raises(HostError, match="Only the host"):
        HostActions(forged_token, authenticator, home, database, settings)


def test_pinning_an_unknown_or_untrained_run_raises_an_error(host_actions, settings, home):
    host_actions.pin("book")
    with pytest.raises(RunError, match="no run called"):
        host_actions.pin("none")
    with pytest.raises(HostError, match="no trained network"):
        host_actions.pin(store.create(RunConfig(name="waiting"), home).id)
    assert settings.now().pinned == "book"
    host_actions.pin(None)
    assert settings.now().pinned is None


def test_a_host_starts_reveals_and_ends_a_round(host_actions, settings):
    host_actions.pause(paused=True)
    host_actions.start_round(4)
    first_round = settings.now().round
    assert (first_round.digit, first_round.revealed, settings.now().paused) == (4, False, False)
    host_actions.reveal()
    assert settings.now().round.revealed
    host_actions.start_round(4)
    assert settings.now().round.id != first_round.id
    assert not settings.now().round.revealed
    host_actions.end_round()
    assert settings.now().round is None
    with pytest.raises(HostError, match="0 to 9"):
        host_actions.start_round(10)


def test_a_host_hides_a_drawing_and_shows_it_again(host_actions, room):
    drawing_id = add(room)
    host_actions.hide(drawing_id)
    assert (room.newest(5), [drawing.id for drawing in host_actions.hidden()]) == ([], [drawing_id])
    host_actions.hide(drawing_id, hidden=False)
    assert ([drawing.id for drawing in room.newest(5)], host_actions.hidden()) == ([drawing_id], [])


def test_a_host_moves_a_run_to_the_front_of_the_queue_and_cancels_it(host_actions, home):
    first, second = (store.create(RunConfig(name=name, person="ada"), home) for name in ("first", "second"))
    host_actions.put_first(second.id)
    assert [each.run for each in queue.waiting(home)] == [second, first]
    host_actions.cancel(second.id)
    assert ([each.run for each in queue.waiting(home)], second.read_status().state) == ([first], CANCELLED)
    with pytest.raises(RunError, match="no run called"):
        host_actions.cancel("gone")


def test_a_host_moves_damaged_runs_away(host_actions, home):
    run = store.create(RunConfig(name="mine"), home)
    (run.path / "config.json").write_text("{")
    assert host_actions.move_damaged() == [home / "damaged" / run.id]
    assert not run.path.exists()


class FakeEngine:
    """Records the runs that it is to import."""

    def __init__(self) -> None:
        self.imported: list[tuple[str, str]] = []

    def import_run(self, content: bytes, person: str) -> None:
        self.imported.append((archive.unpack(content).config.name, person))


def finished(home: Path, name: str) -> Run:
    run = finished_run(home, name, person="ada").run
    run.model_path.write_bytes(b"a network")
    (run.path / "batches.csv").write_text(f"epoch,step,seconds,loss,accuracy\n1,1,{len(name)},0.5,0.9\n")
    return run


def test_an_exported_zip_can_be_imported_into_another_lab(host_actions, room, home, monkeypatch):
    monkeypatch.setattr(backup, "DRAWINGS_PER_FILE", 2)
    drawing_ids = {add(room, label=label) for label in range(5)}
    room.hide(add(room))
    Votes(open_database(home)).vote(947, 9, person="ada")
    finished(home, "hers")
    finished_run(home, "still without a network")
    path = host_actions.export()
    assert host_actions.exports() == [path]
    other_home = home.parent / "other"
    (other_home / "runs").mkdir(parents=True)
    other_database = open_database(other_home)
    authenticator, engine = HostAuthenticator("pw"), FakeEngine()
    other = HostActions(
        authenticator.authenticate("pw"), authenticator, other_home, other_database, Settings(other_database)
    )
    steps = list(other.import_bundle(path, engine, person="host"))
    assert [step.error_text for step in steps] == [None] * 5
    assert (steps[-1].done, steps[-1].total) == (5, 5)
    assert {stored.id for stored in Drawings(other_database).newest(9)} == drawing_ids
    assert Votes(other_database).counts([947])[0, 9] == 1
    assert engine.imported == [("hers", "host")]


def test_importing_a_zip_skips_what_the_lab_has_and_reports_damaged_files(host_actions, room, home):
    add(room)
    finished(home, "hers")
    path, engine = host_actions.export(), FakeEngine()
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr("drawings-002.json", "[{}]")
        zipped.writestr("runs/broken.zip", b"no zip")
    error_texts = [step.error_text for step in host_actions.import_bundle(path, engine, person="")]
    assert engine.imported == []
    assert "Drawing 1 in drawings-002.json is broken" in error_texts[1]
    assert "runs/broken.zip: The zip is damaged" in error_texts[3]
    assert (error_texts[0], error_texts[2], len(room.newest(9))) == (None, None, 1)


@pytest.mark.parametrize(
    ("members", "message"),
    [({}, "empty"), ({"../drawings-001.json": b"[]"}, "leads out"), ({"notes.txt": b""}, "no export of a room has")],
)
def test_importing_a_zip_that_is_no_export_raises_bundle_error(host_actions, tmp_path, members, message):
    path = tmp_path / "theirs.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in members.items():
            zipped.writestr(name, content)
    with pytest.raises(BundleError, match=message):
        list(host_actions.import_bundle(path, FakeEngine(), person=""))
    path.write_bytes(b"no zip")
    with pytest.raises(BundleError, match="cannot be read as a zip"):
        list(host_actions.import_bundle(path, FakeEngine(), person=""))


def test_a_reset_needs_the_typed_phrase_and_exports_all_that_it_deletes(host_actions, room, home, settings):
    people, votes = People(open_database(home)), Votes(open_database(home))
    people.set_nickname("ada", "Ada")
    votes.vote(5, 3, person="ada")
    finished(home, "hers")
    waiting = store.create(RunConfig(name="waiting"), home)
    host_actions.start_round(7)
    room.add(SEVEN, DIGIT, ANSWER, source="round", person="ada", nickname="", round_=settings.now().round.id)
    with pytest.raises(HostError, match="type “reset the room”"):
        host_actions.reset("reset", networks=True)
    assert people.nickname("ada") == "Ada"
    path = host_actions.reset(" Reset the room ", networks=True)
    assert (room.newest(5), people.nickname("ada"), settings.now()) == ([], "", RoomState())
    assert votes.cast_by("ada") == {}
    assert scan.scan(home).runs == scan.shipped_runs()
    assert not waiting.path.exists()
    engine = FakeEngine()
    list(host_actions.import_bundle(path, engine, person=""))
    assert (len(room.newest(5)), engine.imported) == (1, [("hers", "")])
    assert votes.cast_by("ada") == {5: 3}


def test_a_reset_deletes_nothing_when_the_export_cannot_be_written(host_actions, home, room, settings):
    add(room)
    (home / backup.FOLDER).write_text("a file in its place")
    with pytest.raises(BundleError, match="cannot be written"):
        host_actions.reset(RESET_PHRASE, networks=True)
    assert len(room.newest(5)) == 1
    assert settings.now() == RoomState()


def test_a_reset_can_keep_the_networks_and_fails_while_one_is_being_trained(host_actions, home, room):
    run = finished(home, "hers")
    run.update(state=RUNNING, heartbeat=time.time())
    add(room)
    with pytest.raises(HostError, match="being trained"):
        host_actions.reset(RESET_PHRASE, networks=True)
    assert len(room.newest(5)) == 1
    host_actions.reset(RESET_PHRASE, networks=False)
    assert (room.newest(5), run.path.exists()) == ([], True)
