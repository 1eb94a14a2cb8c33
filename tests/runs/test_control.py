"""What people ask of a trainer is checked, kept in the run's folder, and never lost between two who ask."""

import threading
import time
from dataclasses import fields

import pytest

from mnist_core.config import ConfigError, RunConfig
from mnist_core.runs import store
from mnist_core.runs.control import LARGEST_FACTOR, Control
from mnist_core.runs.run import RunError
from mnist_core.runs.status import CANCELLED, FAILED, PAUSED, QUEUED, RUNNING


@pytest.fixture
def run(home):
    return store.create(RunConfig(name="mine"), home)


def test_nothing_is_asked_of_a_new_run(run):
    assert run.control == Control()


def test_one_wish_leaves_the_others_as_they_are(run):
    run.ask(slow_motion=True, learning_rate_factor=0.5)
    run.ask(dropout=0.4)
    assert run.control == Control(slow_motion=True, learning_rate_factor=0.5, dropout=0.4)


def test_wishes_of_many_browsers_at_once_are_all_kept(run):
    wishes = {"pause": True, "slow_motion": True, "learning_rate_factor": 2.0, "dropout": 0.1, "cancel": True}
    assert wishes.keys() == {each.name for each in fields(Control)}
    browsers = [threading.Thread(target=run.ask, kwargs={name: value}) for name, value in wishes.items()]
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()
    assert run.control == Control(**wishes)


@pytest.mark.parametrize(
    "wish",
    [
        {"learning_rate_factor": 0},
        {"learning_rate_factor": LARGEST_FACTOR * 1.1},
        {"learning_rate_factor": float("nan")},
        {"dropout": -0.1},
        {"dropout": 0.95},
        {"dropout": float("nan")},
    ],
)
def test_a_wish_out_of_bounds_is_refused_and_changes_nothing(run, wish):
    run.ask(slow_motion=True)
    with pytest.raises(ConfigError, match=next(iter(wish))):
        run.ask(**wish)
    assert run.control == Control(slow_motion=True)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"nonsense": 1}'])
def test_damaged_wishes_are_told(run, content):
    (run.path / "control.json").write_text(content)
    with pytest.raises(RunError, match=r"control\.json is damaged"):
        _ = run.control


def test_cancelling_a_waiting_run_takes_it_out_of_line(run):
    run.cancel()
    assert run.status.state == CANCELLED
    run.requeue()
    assert run.status.state == QUEUED
    assert not run.control.cancel


def test_cancelling_a_parked_run_ends_it_at_once(run):
    run.update(state=PAUSED, heartbeat=None)
    run.cancel()
    assert run.status.state == CANCELLED


@pytest.mark.parametrize("state", [RUNNING, PAUSED])
def test_whoever_trains_a_run_ends_it_himself_when_it_is_cancelled(run, state):
    run.update(state=state, heartbeat=time.time())
    run.cancel()
    assert run.control.cancel
    assert run.status.state == state


def test_a_failed_run_starts_with_a_clean_slate_when_it_is_put_in_line_again(run):
    queued_at = run.status.queued_at
    run.ask(pause=True, learning_rate_factor=0.1)
    run.update(state=FAILED, error="no reason", deaths=3, ended_at=time.time())
    run.requeue()
    status = run.status
    assert (status.state, status.error, status.deaths, status.ended_at) == (QUEUED, None, 0, None)
    assert status.queued_at > queued_at, "it does not overtake those who wait"
    assert run.control == Control(learning_rate_factor=0.1)
