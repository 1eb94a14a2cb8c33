"""The line: first come first served, a fair share for everybody, and a place that people can read."""

import json
import shutil
import threading
import time

import pytest

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.engine import queue
from mnist_core.engine.client import Engine
from mnist_core.engine.queue import QueueFull
from mnist_core.runs import store
from mnist_core.runs.files import write_json
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING

HALF_AN_HOUR = 1800.0


@pytest.fixture
def home(home_without_engine):
    return home_without_engine


@pytest.fixture(autouse=True)
def _every_look_is_new(monkeypatch):
    monkeypatch.setattr(queue, "SECONDS_A_LOOK_HOLDS", 1e-9)


def put_in_line(home, *, person: str = "", expected: float = 100.0) -> Run:
    run = store.create(RunConfig(name="test", person=person), home)
    run.update(expected_seconds=expected)
    return run


def trained(home, *, progress: float, seconds: float, state: str = RUNNING) -> Run:
    """A run of one epoch that is ``progress`` through after ``seconds``."""
    config = RunConfig(name="trained", model=ModelConfig(), training=TrainingConfig(epochs=1, batch_size=600))
    run = store.create(config, home)
    run.update(state=state, heartbeat=time.time(), seconds=seconds, expected_seconds=100.0)
    (run.path / "batches.csv").write_text(f"epoch,step,seconds,loss,accuracy\n1,{100 * progress:.0f},1,0.5,0.9\n")
    return run


def trainers(home, number: int) -> None:
    write_json(home / queue.ENGINE_FILE, {"pid": 1, "address": "nowhere", "trainers": number})


def test_those_who_came_first_are_first(home):
    runs = [put_in_line(home) for _ in range(5)]
    assert queue.waiting(home) == runs


def test_a_run_can_be_put_before_all_others_and_one_that_left_the_line_cannot(home):
    first, second, third = (put_in_line(home) for _ in range(3))
    queue.put_first(third, home)
    assert queue.waiting(home) == [third, first, second]
    queue.put_first(third, home)
    first.cancel()
    queue.put_first(first, home)
    assert queue.waiting(home) == [third, second]
    assert first.status.state == CANCELLED


def test_a_run_that_is_put_in_line_again_goes_to_its_end(home):
    first, second = put_in_line(home), put_in_line(home)
    first.cancel()
    first.requeue()
    assert queue.waiting(home) == [second, first]


@pytest.mark.parametrize("state", [RUNNING, PAUSED, FINISHED, CANCELLED, FAILED])
def test_only_queued_runs_are_in_line(home, state):
    put_in_line(home).update(state=state)
    assert queue.waiting(home) == []


@pytest.mark.parametrize("name", ["config.json", "status.json"])
def test_what_cannot_be_read_is_not_in_line(home, name):
    broken, good = put_in_line(home), put_in_line(home)
    (broken.path / name).write_text("{")
    (home / "runs" / "notes.txt").write_text("not a run")
    assert queue.waiting(home) == [good]
    assert queue.position_of(good, home).ahead == 0


def test_runs_that_vanish_meanwhile_harm_nobody(home):
    runs = [put_in_line(home) for _ in range(40)]
    stays = put_in_line(home)
    vanishing = threading.Thread(target=lambda: [shutil.rmtree(run.path) for run in runs])
    vanishing.start()
    while vanishing.is_alive():
        queue.position_of(stays, home)
        assert stays in queue.waiting(home)
    assert queue.position_of(stays, home).ahead == 0


def test_the_next_in_line_has_nobody_before_it_and_starts_at_once(home):
    run = put_in_line(home)
    assert queue.position_of(run, home) == queue.QueuePosition(ahead=0, seconds=0.0)


def test_a_place_counts_those_that_are_trained_and_those_that_wait(home):
    trained(home, progress=0.5, seconds=10)
    trained(home, progress=0.5, seconds=10, state=PAUSED)
    put_in_line(home)
    assert queue.position_of(put_in_line(home), home).ahead == 3


def test_a_parked_or_interrupted_run_is_before_nobody(home):
    trained(home, progress=0.5, seconds=10, state=PAUSED).update(heartbeat=None)
    interrupted = trained(home, progress=0.5, seconds=10)
    interrupted.update(heartbeat=time.time() - HALF_AN_HOUR)
    assert interrupted.status.state == INTERRUPTED
    assert queue.position_of(put_in_line(home), home).ahead == 0


def test_the_time_is_what_those_before_still_need(home):
    trained(home, progress=0.75, seconds=30)  # so 10 are left
    put_in_line(home, expected=50)
    assert queue.position_of(put_in_line(home), home).seconds == pytest.approx(60, abs=5)


def test_a_run_that_has_just_begun_needs_what_was_expected(home):
    trained(home, progress=0.01, seconds=30)  # it has been building its graph
    assert queue.position_of(put_in_line(home), home).seconds == pytest.approx(100, abs=5)


def test_several_trainers_share_the_line(home):
    trainers(home, 2)
    for expected in (100.0, 10.0, 10.0, 30.0):
        put_in_line(home, expected=expected)
    # One trainer is busy for 100 seconds; the other has done 10 + 10 + 30 by then.
    assert queue.position_of(put_in_line(home), home).seconds == pytest.approx(50, abs=5)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"trainers": 0}', '{"trainers": null}'])
def test_without_word_from_the_engine_there_is_one_trainer(home, content):
    (home / queue.ENGINE_FILE).write_text(content)
    assert queue.trainers(home) == 1


def test_a_look_at_the_line_holds_for_a_moment(home, monkeypatch):
    monkeypatch.setattr(queue, "SECONDS_A_LOOK_HOLDS", HALF_AN_HOUR)
    first, second = put_in_line(home), put_in_line(home)
    assert queue.position_of(second, home).ahead == 1
    first.cancel()
    assert queue.position_of(second, home).ahead == 1


def test_one_person_has_at_most_two_runs_waiting(home):
    engine = Engine(home)
    engine.train(RunConfig(name="running", person="ada")).update(state=RUNNING, heartbeat=time.time())
    for _ in range(2):
        engine.train(RunConfig(name="waiting", person="ada"))
    with pytest.raises(QueueFull, match=r"two trainings waiting already.*cancel one"):
        engine.train(RunConfig(name="too many", person="ada"))
    assert len(store.list_runs(home)) == 3 + len(list(store.SHIPPED.iterdir()))
    engine.train(RunConfig(name="somebody else's", person="bob"))


def test_the_command_line_may_wait_as_often_as_it_likes(home):
    for _ in range(5):
        Engine(home).train(RunConfig(name="mine"))
    assert len(queue.waiting(home)) == 5


def test_pressing_in_many_windows_at_once_gives_no_third_place(home):
    refused = []

    def press() -> None:
        try:
            Engine(home).train(RunConfig(name="mine", person="ada"))
        except QueueFull as error:
            refused.append(error)

    windows = [threading.Thread(target=press) for _ in range(8)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert len(queue.waiting(home)) == 2
    assert len(refused) == 6


@pytest.mark.parametrize("state", [CANCELLED, FAILED])
def test_a_run_is_resumed_into_the_line_if_its_person_has_room_there(home, state):
    engine = Engine(home)
    run, waiting, _ = (put_in_line(home, person="ada") for _ in range(3))
    run.update(state=state)
    with pytest.raises(QueueFull):
        engine.resume(run)
    assert run.status.state == state
    waiting.cancel()
    engine.resume(run)
    assert queue.waiting(home)[-1] == run


def test_a_parked_or_interrupted_run_is_resumed_into_the_line(home):
    suspended, interrupted = put_in_line(home), put_in_line(home)
    suspended.ask(pause=True)
    suspended.update(state=PAUSED, heartbeat=None)
    interrupted.update(state=RUNNING, heartbeat=time.time() - HALF_AN_HOUR)
    for run in (interrupted, suspended):
        Engine(home).resume(run)
    assert queue.waiting(home) == [interrupted, suspended]
    assert not suspended.control.pause


def test_a_pause_is_ended_at_once_where_the_trainer_still_waits(home):
    for _ in range(2):
        put_in_line(home, person="ada")  # which is no reason to wait
    run = put_in_line(home, person="ada")
    run.ask(pause=True)
    run.update(state=PAUSED, heartbeat=time.time())
    Engine(home).resume(run)
    assert run.status.state == PAUSED, "until its trainer hears of it"
    assert not run.control.pause


@pytest.mark.parametrize("state", [QUEUED, RUNNING, FINISHED])
def test_a_run_that_needs_nothing_is_left_as_it_is_when_somebody_resumes_it(home, state):
    run = put_in_line(home)
    run.update(state=state, heartbeat=time.time())
    before = json.loads((run.path / "status.json").read_text())
    Engine(home).resume(run)
    assert json.loads((run.path / "status.json").read_text()) == before
