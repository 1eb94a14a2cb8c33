"""Tests of what a training writes into its run folder and how it follows control requests, in this process."""

import errno
from pathlib import Path

import numpy as np
import pytest

from mnist_core.config import ON_HELD_OUT, ModelConfig, RunConfig, TrainingConfig
from mnist_core.engine import recorder
from mnist_core.engine.worker import train_run
from mnist_core.runs import pace, store
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED, INTERRUPTED, PAUSED, RUNNING


@pytest.fixture(autouse=True)
def _controls_are_read_at_once(keras, monkeypatch):
    """Read control.json after every batch: these trainings are shorter than the usual interval."""
    monkeypatch.setattr(recorder, "CONTROL_POLL_SECONDS", 0.0)


def new_run(home, *, epochs: int = 2, **training) -> Run:
    values = {"batch_size": 1000, "learning_rate": 0.003} | training
    model = ModelConfig(hidden_units=(32,), dropout=0)
    return store.create(RunConfig(name="test", model=model, training=TrainingConfig(epochs=epochs, **values)), home)


def at_epoch(epoch: int, action):
    """A progress callback that calls ``action`` once, at the first report of ``epoch``."""
    done = []

    def watch(progress):
        if progress.epoch == epoch and not done:
            done.append(True)
            action()

    return watch


def test_a_finished_run_has_the_network_of_the_last_epoch_and_no_resume_point(home):
    run = new_run(home, epochs=3)
    train_run(run)
    status = run.read_status()
    assert (status.state, status.error, status.heartbeat) == (FINISHED, None, None)
    assert run.read_epochs()["epoch"].tolist() == [1, 2, 3]
    assert list(run.snapshots()) == [1, 2, 3]
    with np.load(run.snapshots()[3]) as last:
        np.testing.assert_allclose(last["test_probabilities"], run.evaluation.read_probabilities(), atol=1e-3)
    assert status.scores["test_accuracy"] == pytest.approx(run.read_epochs()["val_accuracy"][-1], abs=1e-4)
    assert status.seconds == pytest.approx(run.read_epochs()["seconds"][-1], abs=0.01)
    assert 0 < status.recording_seconds < status.seconds
    assert run.evaluation.read_temperature() is None  # no digits were held out for fitting it
    assert run.resume_point() is None


def test_the_training_time_is_stored_and_used_for_the_next_estimate(home):
    run = new_run(home)
    assert not pace.is_measured(run.read_config(), home)
    train_run(run)
    assert pace.is_measured(run.read_config(), home)
    assert pace.expected_seconds(run.read_config(), home) == pytest.approx(run.read_status().seconds, rel=0.01)


def test_a_cancelled_run_keeps_the_best_epoch_and_can_resume_from_the_last(home):
    run = new_run(home, epochs=20)

    def spoil_and_cancel(progress):
        if progress.epoch == 3:
            run.update_control(learning_rate_factor=100.0)
        if progress.epoch == 5:
            run.cancel()

    train_run(run, watch=spoil_and_cancel)
    assert run.read_status().state == CANCELLED
    accuracies = run.read_epochs()["val_accuracy"]
    assert accuracies[-1] < accuracies.max()
    assert run.read_status().scores["test_accuracy"] == pytest.approx(accuracies.max(), abs=1e-4)
    assert run.resume_point().epochs == run.read().epochs_done < 20


def test_a_cancelled_and_resumed_run_ends_like_an_uninterrupted_one(home):
    uninterrupted, stopped = (new_run(home, epochs=6, schedule="cosine") for _ in range(2))
    train_run(uninterrupted)
    train_run(stopped, watch=at_epoch(4, stopped.cancel))
    assert 3 <= stopped.read().epochs_done < 6  # a chunk may have reached the end of the epoch
    stopped.requeue()
    train_run(stopped)
    assert stopped.read_status().state == FINISHED
    assert stopped.read_epochs()["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    assert stopped.read_epochs()["val_loss"] == pytest.approx(uninterrupted.read_epochs()["val_loss"], abs=0.01)
    assert np.all(np.diff(stopped.read_batches()["seconds"]) > 0)


def test_early_stopping_keeps_the_best_epoch(home):
    run = new_run(home, epochs=100, patience=1, learning_rate=0.05)
    train_run(run)
    accuracies = run.read_epochs()["val_accuracy"]
    assert run.read_status().state == FINISHED
    assert len(accuracies) < 100
    assert accuracies[-1] <= accuracies[-2] == accuracies.max()
    assert run.read_status().scores["test_accuracy"] == pytest.approx(accuracies.max(), abs=1e-4)


def test_validation_on_held_out_digits_uses_the_test_set_only_for_the_scores(home):
    run = new_run(home, validation=ON_HELD_OUT)
    train_run(run)
    assert run.read_batches()["step"].max() == 54
    assert run.read_status().scores["correct"] + run.read_status().scores["incorrect"] == 10_000
    assert run.read_status().scores["test_accuracy"] != run.read_epochs()["val_accuracy"][-1]
    assert 0.3 < run.evaluation.read_temperature() < 3  # fitted on the held-out digits
    with np.load(run.snapshots()[2]) as snapshot:
        assert snapshot["test_probabilities"].shape == (10_000, 10)


def test_a_long_pause_suspends_a_run_and_resuming_finishes_it(home, monkeypatch):
    monkeypatch.setenv("DIGIT_LAB_PARK_AFTER", "0.3")
    run = new_run(home, epochs=3)
    train_run(run, watch=at_epoch(2, lambda: run.update_control(pause=True)))
    assert run.read_status().state == PAUSED
    assert run.read_status().suspended
    assert run.has_model()
    assert 1 <= run.resume_point().epochs == run.read().epochs_done < 3
    run.requeue()
    train_run(run)
    assert run.read_status().state == FINISHED
    assert run.read_epochs()["epoch"].tolist() == [1, 2, 3]


def test_a_short_pause_is_not_counted_as_training_time(home):
    run = new_run(home)
    states = []
    original = recorder.Recorder.controls

    def controls(self):
        state = run.read_status().state
        if states.count(PAUSED) == 5:
            run.update_control(pause=False)
        states.append(state)
        return original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recorder.Recorder, "controls", controls)
        train_run(run, watch=at_epoch(2, lambda: run.update_control(pause=True)))
    assert states.count(PAUSED) > 5
    assert run.read_status().state == FINISHED
    assert run.read_status().seconds == pytest.approx(run.read_batches()["seconds"][-1], abs=0.2)


def test_a_run_continues_from_its_last_checkpoint_after_its_worker_died(home, monkeypatch):
    monkeypatch.setattr(recorder, "CHECKPOINT_SECONDS", 0.0)
    run = new_run(home, epochs=3)

    class Killed(BaseException):
        """An exception that no handler of the trainer catches."""

    def kill():
        raise Killed

    with pytest.raises(Killed):
        train_run(run, watch=at_epoch(2, kill))
    assert run.read_status().state == RUNNING
    point = run.resume_point()
    assert (point.epochs, point.steps) >= (0, 1)
    train_run(run)
    assert (run.read_status().state, run.read_status().deaths) == (FINISHED, 1)
    assert run.read_epochs()["epoch"].tolist() == [1, 2, 3]


def test_temporary_files_of_killed_processes_are_deleted_when_a_training_starts_and_when_it_ends(home):
    run = new_run(home, epochs=1)
    (run.path / "snapshots").mkdir()
    (run.path / "resume").mkdir()
    names = ("status.json", "snapshots/epoch-01.npz", "resume/epoch-001.keras")
    left = [(run.path / name).with_name(f".{'0a' * 16}{Path(name).suffix}") for name in names]
    later = run.path / f".{'0b' * 16}.json"
    for path in left:
        path.touch()
    at_start = []

    def watch(progress):
        at_start.extend(path for path in left if path.exists())
        later.touch()

    train_run(run, watch=watch)
    assert run.read_status().state == FINISHED
    assert at_start == []
    assert not later.exists()
    assert (run.path / ".reserve").exists()


@pytest.mark.parametrize("state", [RUNNING, PAUSED])
def test_a_run_fails_when_its_worker_dies_for_the_third_time(home, state):
    run = new_run(home)
    run.update(state=state, started_at=1.0, heartbeat=2.0, deaths=2)
    assert run.read_status().state == INTERRUPTED
    train_run(run)
    assert run.read_status().state == FAILED
    assert "died 3 times" in run.read_status().error
    run.requeue()
    assert run.read_status().deaths == 0


def test_a_run_cancelled_in_the_queue_is_not_trained(home):
    run = new_run(home)
    run.cancel()
    train_run(run)
    assert run.read_status().state == CANCELLED
    assert not len(run.read_batches()["epoch"])


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space is left on the disk"),
        (OSError("Unable to write (errno = 28, error message = 'No space left on device')"), "No space is left"),
        (RuntimeError("out of luck"), "RuntimeError: out of luck"),
    ],
)
def test_an_error_fails_the_run_with_its_message_and_finished_epochs_stay_readable(home, error, message):
    def fail():
        raise error

    run = new_run(home)
    train_run(run, watch=at_epoch(2, fail))
    assert run.read_status().state == FAILED
    assert message in run.read_status().error
    assert run.read_epochs()["epoch"].tolist() == [1]


@pytest.mark.parametrize("suffix", ["npz", "keras"])
def test_a_run_with_a_damaged_resume_file_fails_with_the_name_of_the_file(home, suffix):
    run = new_run(home, epochs=20)
    train_run(run, watch=at_epoch(3, run.cancel))
    point = run.resume_point()
    damaged = point.path if suffix == "keras" else point.path.with_name("best.npz")
    damaged.write_bytes(b"PK nonsense")
    run.requeue()
    train_run(run)
    assert run.read_status().state == FAILED
    assert damaged.name in run.read_status().error
