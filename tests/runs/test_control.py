"""Tests of control requests to a trainer: validation, storage in the run folder, and concurrent changes."""

import threading
import time
from dataclasses import fields

import pytest

from mnist_core.config import ConfigError, RunConfig
from mnist_core.errors import RunError
from mnist_core.runs import store
from mnist_core.runs.control import MAX_RATE_FACTOR, Control
from mnist_core.runs.status import CANCELLED, FAILED, PAUSED, QUEUED, RUNNING


@pytest.fixture
def run(home):
    return store.create(RunConfig(name="mine"), home)


def test_a_new_run_has_default_controls(run):
    assert run.read_control() == Control()


def test_changing_one_control_keeps_the_others(run):
    run.update_control(slow_motion=True, learning_rate_factor=0.5)
    run.update_control(dropout=0.4)
    assert run.read_control() == Control(slow_motion=True, learning_rate_factor=0.5, dropout=0.4)


def test_concurrent_changes_of_controls_are_all_saved(run):
    changes = {"pause": True, "slow_motion": True, "learning_rate_factor": 2.0, "dropout": 0.1, "cancel": True}
    assert changes.keys() == {each.name for each in fields(Control)}
    threads = [threading.Thread(target=run.update_control, kwargs={name: value}) for name, value in changes.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run.read_control() == Control(**changes)


@pytest.mark.parametrize(
    "change",
    [
        {"learning_rate_factor": 0},
        {"learning_rate_factor": MAX_RATE_FACTOR * 1.1},
        {"learning_rate_factor": float("nan")},
        {"dropout": -0.1},
        {"dropout": 0.95},
        {"dropout": float("nan")},
    ],
)
def test_a_control_out_of_range_raises_config_error_and_changes_nothing(run, change):
    run.update_control(slow_motion=True)
    with pytest.raises(ConfigError, match=next(iter(change))):
        run.update_control(**change)
    assert run.read_control() == Control(slow_motion=True)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pause": 1}', '{"dropout": "high"}'])
def test_a_damaged_control_json_raises_run_error(run, content):
    (run.path / "control.json").write_text(content)
    with pytest.raises(RunError, match=r"control\.json is damaged"):
        _ = run.read_control()


def test_cancelling_a_queued_run_ends_it_at_once_until_it_is_requeued(run):
    run.cancel()
    assert run.read_status().state == CANCELLED
    run.requeue()
    assert run.read_status().state == QUEUED
    assert not run.read_control().cancel


def test_cancelling_a_suspended_run_ends_it_at_once(run):
    run.update(state=PAUSED, heartbeat=None)
    run.cancel()
    assert run.read_status().state == CANCELLED


@pytest.mark.parametrize("state", [RUNNING, PAUSED])
def test_cancelling_an_active_run_leaves_its_state_to_the_trainer(run, state):
    run.update(state=state, heartbeat=time.time())
    run.cancel()
    assert run.read_control().cancel
    assert run.read_status().state == state


def test_requeueing_a_failed_run_resets_its_status_and_its_pause(run):
    queued_at = run.read_status().queued_at
    run.update_control(pause=True, learning_rate_factor=0.1)
    run.update(state=FAILED, error="no reason", deaths=3, ended_at=time.time())
    run.requeue()
    status = run.read_status()
    assert (status.state, status.error, status.deaths, status.ended_at) == (QUEUED, None, 0, None)
    assert status.queued_at > queued_at, "it does not overtake those who wait"
    assert run.read_control() == Control(learning_rate_factor=0.1)
