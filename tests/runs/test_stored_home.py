"""Tests of reading the home folder that an older version wrote."""

from pathlib import Path

import pytest

from mnist_core.digits.perturbations import LEVELS
from mnist_core.host.actions import HostActions
from mnist_core.host.auth import HostAuthenticator
from mnist_core.room.database import open_database
from mnist_core.room.drawings import Drawings
from mnist_core.room.people import People
from mnist_core.room.settings import Settings
from mnist_core.room.votes import Votes
from mnist_core.runs import archive, scan, store
from mnist_core.runs.control import Control
from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.robustness import read_robustness
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED, INTERRUPTED, QUEUED
from tests.stored_home import unpack_stored_home


@pytest.fixture
def home(home: Path) -> Path:
    return unpack_stored_home(home)


def run(home: Path, name: str) -> Run:
    return store.find(name, home)


def test_all_stored_runs_have_their_states(home):
    states = {listed.config.name: listed.status.state for listed in scan.scan(home).own}
    assert states == {
        "finished": FINISHED,
        "cancelled": CANCELLED,
        "failed": FAILED,
        "paused": INTERRUPTED,  # no trainer is active
        "queued": QUEUED,
        "interrupted": INTERRUPTED,
    }
    assert scan.scan(home).unreadable == ()


def test_a_finished_run_has_its_scores_curves_snapshots_and_robustness(home, digits):
    finished = run(home, "finished")
    accuracy = float((finished.evaluation.read_probabilities().argmax(axis=1) == digits.test.labels).mean())
    assert finished.read_status().scores["test_accuracy"] == pytest.approx(accuracy)
    assert finished.read_epochs()["epoch"].tolist() == [1]
    assert list(finished.snapshots()) == [1]
    assert read_robustness(finished, LEVELS).curves.keys() >= {"shift", "rotation"}
    assert finished.evaluation.read_statistics().keys() == {"whitening", "means", "scales", "known"}
    assert (finished.read_config().person, finished.read_config().nickname) == ("ada", "Ada")


def test_a_stored_paused_run_has_its_controls_and_its_lesson(home):
    paused = run(home, "paused")
    assert paused.read_control() == Control(pause=True, dropout=0.3)
    assert len(Lesson.read(paused.path).labels) == 20


def test_a_run_is_packed_and_unpacked(home):
    unpacked = archive.unpack(archive.pack(run(home, "finished")))
    assert unpacked.config.name == "finished"


def test_the_room_has_its_drawings_people_votes_round_and_pinned_run(home):
    database = open_database(home)
    room, state = Drawings(database), Settings(database).now()
    assert len(room.newest(50)) == 5
    assert len(room.hidden()) == 1
    assert {drawing.source for drawing in room.newest(50)} == {"told"}
    assert len(room.participants(state.round.id)) == 1
    assert People(database).nicknames(["ada", "bo"]) == {"ada": "Ada", "bo": "Bo"}
    assert Votes(database).cast_by("ada") == {582: 7, 947: None}
    assert (state.round.digit, state.round.revealed) == (4, False)
    assert state.pinned == run(home, "finished").id


def test_the_room_is_exported_and_an_old_export_is_imported(home, tmp_path):
    authenticator, database = HostAuthenticator("pw"), open_database(home)
    token = authenticator.authenticate("pw")
    actions = HostActions(token, authenticator, home, database, Settings(database))
    (old,) = actions.exports()
    assert actions.export().stat().st_size > 0
    elsewhere = tmp_path / "other"
    (elsewhere / "runs").mkdir(parents=True)
    other_database = open_database(elsewhere)
    other = HostActions(token, authenticator, elsewhere, other_database, Settings(other_database))
    imported = []

    class Importer:
        def import_run(self, content: bytes, person: str) -> None:
            imported.append(archive.unpack(content).config.name)

    assert [step.error_text for step in other.import_bundle(old, Importer(), person="host")] == [None] * 3
    assert imported == ["finished"]
    assert Votes(other_database).counts([582])[0, 7] == 1
    assert len(Drawings(other_database).newest(50)) == 5
