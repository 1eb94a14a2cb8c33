"""Tests of the queue without an engine: order, quota per person, positions and waiting times."""

import json
import shutil
import threading
import time

import pytest

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.engine import queue
from mnist_core.engine.client import EngineClient
from mnist_core.engine.queue import QueueFull
from mnist_core.engine.shared import ENGINE_FILE
from mnist_core.runs import scan, store
from mnist_core.runs.files import write_json
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING

HALF_AN_HOUR_SECONDS = 1800.0


@pytest.fixture
def home(home_without_engine):
    return home_without_engine


@pytest.fixture(autouse=True)
def _without_cache(monkeypatch):
    monkeypatch.setattr(queue, "SNAPSHOT_SECONDS", 1e-9)


def enqueue(home, *, person: str = "", expected: float = 100.0) -> Run:
    run = store.create(RunConfig(name="test", person=person), home)
    run.update(expected_seconds=expected)
    return run


def trained(home, *, progress: float, seconds: float, state: str = RUNNING) -> Run:
    """A run of one epoch with the share ``progress`` of its steps done after ``seconds``."""
    config = RunConfig(name="trained", model=ModelConfig(), training=TrainingConfig(epochs=1, batch_size=600))
    run = store.create(config, home)
    run.update(state=state, heartbeat=time.time(), seconds=seconds, expected_seconds=100.0)
    (run.path / "batches.csv").write_text(f"epoch,step,seconds,loss,accuracy\n1,{100 * progress:.0f},1,0.5,0.9\n")
    return run


def write_engine_file(home, number: int) -> None:
    write_json(home / ENGINE_FILE, {"pid": 1, "address": "nowhere", "trainers": number})


def test_queued_runs_are_in_the_order_of_their_creation(home):
    runs = [enqueue(home) for _ in range(5)]
    assert [each.run for each in queue.waiting(home)] == runs


def test_put_first_moves_a_queued_run_to_the_front_and_ignores_a_cancelled_one(home):
    first, second, third = (enqueue(home) for _ in range(3))
    queue.put_first(third, home)
    assert [each.run for each in queue.waiting(home)] == [third, first, second]
    queue.put_first(third, home)
    first.cancel()
    queue.put_first(first, home)
    assert [each.run for each in queue.waiting(home)] == [third, second]
    assert first.read_status().state == CANCELLED


def test_a_requeued_run_goes_to_the_end_of_the_queue(home):
    first, second = enqueue(home), enqueue(home)
    first.cancel()
    first.requeue()
    assert [each.run for each in queue.waiting(home)] == [second, first]


@pytest.mark.parametrize("state", [RUNNING, PAUSED, FINISHED, CANCELLED, FAILED])
def test_only_queued_runs_are_in_the_queue(home, state):
    enqueue(home).update(state=state)
    assert [each.run for each in queue.waiting(home)] == []


@pytest.mark.parametrize("name", ["config.json", "status.json"])
def test_unreadable_runs_are_not_in_the_queue(home, name):
    broken, good = enqueue(home), enqueue(home)
    (broken.path / name).write_text("{")
    (home / "runs" / "notes.txt").write_text("not a run")
    assert [each.run for each in queue.waiting(home)] == [good]
    assert queue.position_of(good, home).ahead == 0


def test_runs_deleted_while_the_queue_is_read_cause_no_error(home):
    runs = [enqueue(home) for _ in range(40)]
    remaining = enqueue(home)
    deletion = threading.Thread(target=lambda: [shutil.rmtree(run.path) for run in runs])
    deletion.start()
    while deletion.is_alive():
        queue.position_of(remaining, home)
        assert remaining in [each.run for each in queue.waiting(home)]
    assert queue.position_of(remaining, home).ahead == 0


def test_the_first_queued_run_has_no_run_ahead_and_no_waiting_time(home):
    run = enqueue(home)
    assert queue.position_of(run, home) == queue.QueuePosition(ahead=0, seconds=0.0)


def test_the_position_counts_running_paused_and_queued_runs_ahead(home):
    trained(home, progress=0.5, seconds=10)
    trained(home, progress=0.5, seconds=10, state=PAUSED)
    enqueue(home)
    assert queue.position_of(enqueue(home), home).ahead == 3


def test_suspended_and_interrupted_runs_are_not_counted_ahead(home):
    trained(home, progress=0.5, seconds=10, state=PAUSED).update(heartbeat=None)
    interrupted = trained(home, progress=0.5, seconds=10)
    interrupted.update(heartbeat=time.time() - HALF_AN_HOUR_SECONDS)
    assert interrupted.read_status().state == INTERRUPTED
    assert queue.position_of(enqueue(home), home).ahead == 0


def test_the_waiting_time_is_the_remaining_time_of_the_runs_ahead(home):
    trained(home, progress=0.75, seconds=30)  # so that 10 s remain
    enqueue(home, expected=50)
    assert queue.position_of(enqueue(home), home).seconds == pytest.approx(60, abs=5)


def test_a_run_that_has_just_started_counts_with_its_expected_seconds(home):
    trained(home, progress=0.01, seconds=30)  # it spent this time on building its graph
    assert queue.position_of(enqueue(home), home).seconds == pytest.approx(100, abs=5)


def test_several_trainers_shorten_the_waiting_time(home):
    write_engine_file(home, 2)
    for expected in (100.0, 10.0, 10.0, 30.0):
        enqueue(home, expected=expected)
    # One trainer is busy for 100 seconds; the other finishes 10 + 10 + 30 seconds before that.
    assert queue.position_of(enqueue(home), home).seconds == pytest.approx(50, abs=5)


ENGINE_JSON = '{"pid": 1, "address": "nowhere", "trainers": %s}'


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", *(ENGINE_JSON % value for value in ("0", "null", "Infinity", "1e9"))]
)
def test_a_damaged_engine_file_counts_as_one_trainer(home, content):
    (home / ENGINE_FILE).write_text(content)
    assert queue.trainers(home) == 1


def test_the_state_of_the_queue_is_cached(home, monkeypatch):
    monkeypatch.setattr(queue, "SNAPSHOT_SECONDS", HALF_AN_HOUR_SECONDS)
    first, second = enqueue(home), enqueue(home)
    assert queue.position_of(second, home).ahead == 1
    first.cancel()
    assert queue.position_of(second, home).ahead == 1


def test_a_third_queued_run_of_one_person_raises_queue_full(home):
    engine = EngineClient(home)
    engine.train(RunConfig(name="running", person="ada")).update(state=RUNNING, heartbeat=time.time())
    for _ in range(2):
        engine.train(RunConfig(name="waiting", person="ada"))
    with pytest.raises(QueueFull, match=r"two trainings waiting already.*cancel one"):
        engine.train(RunConfig(name="too many", person="ada"))
    assert len(scan.scan(home).runs) == 3 + len(list(store.SHIPPED.iterdir()))
    engine.train(RunConfig(name="somebody else's", person="bob"))


def test_runs_of_the_command_line_have_no_quota(home):
    for _ in range(5):
        EngineClient(home).train(RunConfig(name="mine"))
    assert len(queue.waiting(home)) == 5


def test_concurrent_requests_of_one_person_queue_only_two_runs(home):
    refused = []

    def request_training() -> None:
        try:
            EngineClient(home).train(RunConfig(name="mine", person="ada"))
        except QueueFull as error:
            refused.append(error)

    threads = [threading.Thread(target=request_training) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(queue.waiting(home)) == 2
    assert len(refused) == 6


@pytest.mark.parametrize("state", [CANCELLED, FAILED])
def test_resuming_a_run_counts_towards_the_quota_of_its_person(home, state):
    engine = EngineClient(home)
    run, waiting, _ = (enqueue(home, person="ada") for _ in range(3))
    run.update(state=state)
    with pytest.raises(QueueFull):
        engine.resume(run)
    assert run.read_status().state == state
    waiting.cancel()
    engine.resume(run)
    assert [each.run for each in queue.waiting(home)][-1] == run


def test_resuming_a_suspended_or_interrupted_run_queues_it(home):
    suspended, interrupted = enqueue(home), enqueue(home)
    suspended.update_control(pause=True)
    suspended.update(state=PAUSED, heartbeat=None)
    interrupted.update(state=RUNNING, heartbeat=time.time() - HALF_AN_HOUR_SECONDS)
    for run in (interrupted, suspended):
        EngineClient(home).resume(run)
    assert [each.run for each in queue.waiting(home)] == [interrupted, suspended]
    assert not suspended.read_control().pause


def test_resuming_during_a_short_pause_does_not_queue_the_run(home):
    for _ in range(2):
        enqueue(home, person="ada")  # they fill the quota, which does not matter here
    run = enqueue(home, person="ada")
    run.update_control(pause=True)
    run.update(state=PAUSED, heartbeat=time.time())
    EngineClient(home).resume(run)
    assert run.read_status().state == PAUSED, "until its trainer hears of it"
    assert not run.read_control().pause


@pytest.mark.parametrize("state", [QUEUED, RUNNING, FINISHED])
def test_resuming_a_queued_running_or_finished_run_changes_nothing(home, state):
    run = enqueue(home)
    run.update(state=state, heartbeat=time.time())
    before = json.loads((run.path / "status.json").read_text())
    EngineClient(home).resume(run)
    assert json.loads((run.path / "status.json").read_text()) == before
