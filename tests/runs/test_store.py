"""Tests of creating, finding and listing runs, of the errors for damaged ones, and of what killed processes leave."""

import json
import os
import shutil
import time
from typing import Any

import numpy as np
import pytest

from mnist_core.config import RunConfig, TrainingConfig
from mnist_core.errors import LabError, RunError
from mnist_core.runs import pace, scan, store
from mnist_core.runs.run import Run
from mnist_core.runs.status import FAILED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING

SCORES = {"test_loss": 1.5, "test_accuracy": 0.5, "correct": 5_000, "incorrect": 5_000}


@pytest.fixture
def run(home):
    return store.create(RunConfig(name="mine", training=TrainingConfig(epochs=4)), home)


def write_history(run: Run, epochs: int) -> None:
    rows = ["epoch,seconds,loss,accuracy,val_loss,val_accuracy\n"]
    rows += [f"{epoch},{epoch * 2.5},0.5,0.9,0.4,0.95\n" for epoch in range(1, epochs + 1)]
    (run.path / "epochs.csv").write_text("".join(rows))
    rows = ["epoch,step,seconds,loss,accuracy\n"]
    rows += [f"{epoch},469,{epoch * 2.5},0.5,0.9\n" for epoch in range(1, epochs + 1)]
    (run.path / "batches.csv").write_text("".join(rows))


def test_a_new_run_is_queued_and_found_by_id_and_name_and_by_its_path_only_on_the_command_line(home, run):
    assert run.read_status().state == QUEUED
    assert run.read_config().name == "mine"
    assert {"keras", "tensorflow", "digit_lab"} <= json.loads((run.path / "config.json").read_text())["versions"].keys()
    assert store.find(run.id, home) == store.find("mine", home) == store.find_or_open(str(run.path), home) == run
    with pytest.raises(RunError, match="no run called"):
        store.find(str(run.path), home)


def test_a_new_run_cannot_take_the_name_of_a_shipped_one_unless_it_replaces_it(home):
    with pytest.raises(RunError, match="came with the app"):
        store.create(RunConfig(name="book "), home)
    assert scan.scan(home).own == ()
    assert store.create(RunConfig(name="book"), home, to_ship=True).read_config().name == "book"


def test_find_returns_the_newest_run_of_a_name(home, run):
    time.sleep(1.1)  # run ids have a resolution of one second
    newer = store.create(RunConfig(name="mine"), home)
    assert store.find("mine", home) == newer


def test_an_unknown_name_raises_run_error_with_the_known_names(home, run):
    with pytest.raises(RunError, match=r"'nobody'.*mine"):
        store.find("nobody", home)


@pytest.mark.parametrize("reference", ["\0", "x" * 5_000])
def test_a_name_that_no_file_can_have_raises_run_error(home, reference):
    with pytest.raises(RunError, match="no run called"):
        store.find(reference, home)


def test_a_half_written_last_row_is_not_read(run):
    write_history(run, 3)
    with (run.path / "epochs.csv").open("a") as file:
        file.write("4,10.0,0.4")
    assert run.read_epochs()["epoch"].tolist() == [1, 2, 3]
    assert run.read_epochs()["val_accuracy"].tolist() == [0.95] * 3


def test_a_run_without_history_has_empty_columns(run):
    assert {column.shape for column in run.read_batches().values()} == {(0,)}
    assert run.read().progress == 0


def test_truncate_history_drops_later_epochs(run):
    write_history(run, 3)
    run.truncate_history(2)
    assert run.read_epochs()["epoch"].tolist() == run.read_batches()["epoch"].tolist() == [1, 2]
    assert run.read().progress == 0.5


def test_truncate_history_keeps_batches_up_to_the_given_step(run):
    write_history(run, 2)
    with (run.path / "batches.csv").open("a") as file:
        file.write("3,100,6,0.4,0.9\n3,200,7,0.4,0.9\n")
    run.truncate_history(2, 100)
    assert run.read_epochs()["epoch"].tolist() == [1, 2]
    assert run.read_batches()["step"].tolist() == [469, 469, 100]


def test_a_run_with_a_stale_heartbeat_is_interrupted(run):
    run.update(state=RUNNING, heartbeat=time.time())
    assert run.read_status().state == RUNNING
    run.update(heartbeat=time.time() - 60)
    assert run.read_status().state == INTERRUPTED
    assert not run.read_status().active


def test_a_new_run_has_its_expected_seconds(run):
    assert run.read_status().expected_seconds == pace.expected_seconds(run.read_config(), run.home) > 0


def test_a_suspended_run_is_paused_and_not_interrupted(run):
    run.update(state=PAUSED, heartbeat=time.time() - 60)
    assert run.read_status().state == INTERRUPTED
    run.update(state=PAUSED, heartbeat=None)
    assert run.read_status().state == PAUSED
    assert run.read_status().suspended


def test_update_changes_a_status_only_in_the_given_states(run):
    assert not run.update(only_in=(RUNNING, PAUSED), state=FAILED)
    assert run.read_status().state == QUEUED
    assert run.update(only_in=(QUEUED,), state=RUNNING, heartbeat=time.time())
    assert run.read_status().state == RUNNING


def test_the_resume_point_is_the_latest_checkpoint(run):
    assert run.resume_point() is None
    (run.path / "resume").mkdir()
    for name in ("epoch-002.keras", "epoch-002+0117.keras", "epoch-001+0400.keras"):
        (run.path / "resume" / name).touch()
    assert (run.resume_point().epochs, run.resume_point().steps) == (2, 117)
    assert run.resume_point().path.name == "epoch-002+0117.keras"


def test_create_finished_makes_a_complete_run_or_none(home):
    def fill(run: Run) -> dict[str, Any]:
        assert scan.scan(home).unreadable == ()
        run.model_path.write_bytes(b"a model")
        return {"scores": SCORES}

    run = store.create_finished(RunConfig(name="theirs"), home, fill=fill)
    assert store.find("theirs", home) == run
    assert (run.read_status().state, run.read_status().scores, run.has_model()) == (
        FINISHED,
        SCORES,
        True,
    )
    assert run.read().epochs_done == 0

    def fail(run: Run) -> dict[str, Any]:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        store.create_finished(RunConfig(name="none"), home, fill=fail)
    assert [path for path in (home / "runs").iterdir() if path.is_dir()] == [run.path]
    assert not list(home.glob(".new-*"))


@pytest.mark.parametrize("name", ["config.json", "status.json"])
@pytest.mark.parametrize("content", ["", "{", "[]", '{"state": 3, "nonsense": 1}', None])
def test_a_corrupt_run_is_reported_and_others_are_listed(home, run, name, content):
    good = store.create(RunConfig(name="good"), home)
    if content is None:
        (run.path / name).unlink()
        os.utime(run.path, (0, 0))  # a young folder without a status is a run that is being created
    else:
        (run.path / name).write_text(content)
    assert run not in [listed.run for listed in scan.scan(home).runs]
    assert good in [listed.run for listed in scan.scan(home).runs]
    (unreadable,) = scan.scan(home).unreadable
    assert run.id in unreadable.reason


def damage(run: Run) -> None:
    (run.path / "config.json").write_text("{")


def test_move_damaged_moves_unreadable_runs_with_their_files_and_no_others(home, run):
    good, second = (store.create(RunConfig(name=name), home) for name in ("good", "second"))
    being_created = home / "runs/new"
    being_created.mkdir()
    (run.path / "model.keras").write_bytes(b"a network")
    damage(run)
    damage(second)
    assert set(store.move_damaged(home)) == {home / "damaged" / run.id, home / "damaged" / second.id}
    assert (home / "damaged" / run.id / "model.keras").read_bytes() == b"a network"
    assert scan.scan(home).unreadable == ()
    assert [listed.run for listed in scan.scan(home).own] == [good]
    assert being_created.exists()
    assert store.move_damaged(home) == []


def test_move_damaged_appends_a_number_to_a_name_that_is_taken(home, run):
    for taken in (run.id, f"{run.id}-2"):
        (home / "damaged" / taken).mkdir(parents=True)
    damage(run)
    assert store.move_damaged(home) == [home / "damaged" / f"{run.id}-3"]


def test_move_damaged_keeps_a_shipped_run_in_its_place(home, run, tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "SHIPPED", run.path.parent)
    monkeypatch.setattr("mnist_core.runs.run.SHIPPED", run.path.parent)
    damage(run)
    (tmp_path / "other/runs").mkdir(parents=True)
    assert [unreadable.path for unreadable in scan.scan(tmp_path / "other").unreadable] == [run.path]
    assert store.move_damaged(tmp_path / "other") == []
    assert run.path.exists()


def test_move_damaged_raises_run_error_when_the_folder_cannot_be_made(home, run):
    damage(run)
    (home / "damaged").touch()
    with pytest.raises(RunError, match=r"cannot be moved to .*damaged .*writable"):
        store.move_damaged(home)
    assert run.path.exists()


def test_the_next_start_deletes_old_leftovers_of_the_home_and_keeps_young_ones_and_runs(home, run):
    (home / "exports").mkdir()
    files = [home / ".probe-1", home / f".{'0a' * 16}.json", home / f"exports/.{'0a' * 16}.zip"]
    folders = [home / ".new-a1", home / ".deleted-20250101-000000-abcdef"]
    for path in files:
        path.touch()
    for path in folders:
        (path / "snapshots").mkdir(parents=True)
    leftovers = files + folders
    store.prepare_home()
    assert all(path.exists() for path in leftovers)
    for path in (*leftovers, run.path):
        os.utime(path, (0, 0))
    store.prepare_home()
    assert not any(path.exists() for path in leftovers)
    assert run.read_status().state == QUEUED


def test_a_run_without_an_evaluation_raises_run_error(run):
    with pytest.raises(RunError, match="not been evaluated"):
        _ = run.evaluation.read_probabilities()


@pytest.mark.parametrize("damage", [lambda _: b"PK nonsense", lambda all_: all_[:-100], lambda all_: all_[:5000]])
def test_a_damaged_evaluation_raises_run_error(home, run, damage):
    whole = (store.find("book", home).path / "evaluation.npz").read_bytes()
    (run.path / "evaluation.npz").write_bytes(damage(whole))
    with pytest.raises(RunError, match="damaged"):
        _ = run.evaluation.read_probabilities()


def test_a_continuation_starts_with_the_history_and_model_of_its_parent(home, run):
    write_history(run, 4)
    run.model_path.write_bytes(b"the parent's state")
    child = store.create(run.continuation(epochs=2), home)
    assert (child.read_config().parent, child.read_config().inherited_epochs, child.read_config().total_epochs) == (
        run.id,
        4,
        6,
    )
    assert child.resume_point().epochs == 4
    assert child.resume_point().path.read_bytes() == b"the parent's state"
    assert child.read_epochs()["epoch"].tolist() == [1, 2, 3, 4]
    assert child.read().progress == 0
    shutil.rmtree(run.path)
    assert child in [listed.run for listed in scan.scan(home).runs]


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("batches.csv", lambda path: path.unlink()),
        ("batches.csv", lambda path: path.write_text("epoch,step,seconds,loss,accuracy\n1,x,1,1,1\n")),
        ("lesson.npz", lambda path: path.mkdir()),
        ("model.keras", lambda path: (path.unlink(), path.mkdir())),
    ],
)
def test_continuing_a_damaged_run_raises_an_error_with_its_id_and_creates_nothing(home, run, name, damage):
    write_history(run, 2)
    run.model_path.write_bytes(b"the parent's state")
    continuation = run.continuation(epochs=2)
    damage(run.path / name)
    with pytest.raises(LabError, match=run.id):
        store.create(continuation, home)
    assert [path for path in (home / "runs").iterdir() if path.is_dir()] == [run.path]


def test_continuing_a_run_without_a_model_raises_run_error(home, run):
    with pytest.raises(RunError, match="no trained network"):
        store.create(run.continuation(epochs=2), home)
    assert [path for path in (home / "runs").iterdir() if path.is_dir()] == [run.path]


def test_a_home_that_cannot_be_created_raises_run_error_with_advice(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DIGIT_LAB_HOME", str(tmp_path / "file" / "lab"))
    with pytest.raises(RunError, match="DIGIT_LAB_HOME"):
        store.prepare_home()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_that_cannot_be_written_raises_run_error_with_advice(tmp_path, monkeypatch):
    tmp_path.chmod(0o500)
    monkeypatch.setenv("DIGIT_LAB_HOME", str(tmp_path))
    with pytest.raises(RunError, match="DIGIT_LAB_HOME"):
        store.prepare_home()


@pytest.mark.parametrize("name", [".", "..", "../book", "/tmp", "Book", "my book", ""])
def test_a_name_that_is_no_folders_cannot_be_shipped(name):
    with pytest.raises(RunError, match="small letters, digits and hyphens"):
        store.shipped_path(name)


def test_the_shipped_book_run_is_complete(home):
    book = store.find("book", home)
    assert book.shipped
    assert store.shipped_default_run().shipped
    assert book.read_config().model.parameters == 669_706
    assert book.read().epochs_done == 20
    assert book.evaluation.read_probabilities().shape == (10_000, 10)
    np.testing.assert_allclose(book.evaluation.read_probabilities().sum(axis=1), 1, atol=1e-4)
    assert len(book.snapshots()) == 6
    assert {1, 20} <= book.snapshots().keys()
