"""Tests of the queue with a real engine: order, quota per person, cancelling and pausing."""

import pytest

from mnist_core.engine import queue
from mnist_core.runs.status import FINISHED, PAUSED, QUEUED, RUNNING
from tests.engine.labs import small_config, tiny_config
from tests.waiting import wait_for

PEOPLE = 6


def test_runs_of_six_people_are_trained_in_queue_order(engine, lab):
    runs = [engine.train(tiny_config(f"run {n}", person=f"person {n % PEOPLE}")) for n in range(2 * PEOPLE)]
    running_counts = set()

    def all_finished() -> bool:
        states = [run.read_status().state for run in runs]
        running_counts.add(states.count(RUNNING))
        return states.count(FINISHED) == len(runs)

    wait_for(all_finished)
    assert max(running_counts) == queue.trainers(lab)
    in_queue_order = sorted(runs, key=lambda run: run.read_status().queued_at)
    assert in_queue_order == runs
    assert sorted(runs, key=lambda run: run.read_status().started_at) == runs


def test_the_position_and_waiting_time_of_a_queued_run_decrease(engine, lab):
    first, second, third = (engine.train(small_config(name, epochs=n)) for name, n in (("1", 4), ("2", 4), ("3", 1)))
    wait_for(lambda: first.read_status().state == RUNNING)
    positions = []

    def third_is_trained() -> bool:
        if third.read_status().state == QUEUED:
            positions.append(queue.position_of(third, lab))
        return not third.read_status().active

    wait_for(third_is_trained)
    ahead = [position.ahead for position in positions]
    assert ahead[0] == 2
    assert 1 in ahead
    assert ahead == sorted(ahead, reverse=True)
    assert positions[-1].seconds < positions[0].seconds / 2
    assert second.read_status().ended_at <= third.read_status().started_at


def test_a_third_queued_run_of_one_person_raises_queue_full_until_one_has_started(engine):
    running = engine.train(small_config("running", epochs=100, person="ada"))
    wait_for(lambda: running.read_status().state == RUNNING)
    waiting = [engine.train(tiny_config(f"waiting {number}", person="ada")) for number in range(2)]
    with pytest.raises(queue.QueueFull, match="two trainings waiting"):
        engine.train(tiny_config("too many", person="ada"))
    others = engine.train(tiny_config("somebody else's", person="bob"))
    running.cancel()
    wait_for(lambda: waiting[0].read_status().state != QUEUED)
    more = engine.train(tiny_config("again", person="ada"))
    wait_for(lambda: all(run.read_status().state == FINISHED for run in (*waiting, others, more)))


def test_a_run_cancelled_in_the_queue_is_never_trained(engine):
    running, waiting = engine.train(small_config("long", epochs=100)), engine.train(tiny_config("unwanted"))
    wait_for(lambda: running.read_status().state == RUNNING)
    waiting.cancel()
    running.cancel()
    last = engine.train(tiny_config("last"))
    wait_for(lambda: not last.read_status().active)
    assert waiting.read_status().started_at is None


def test_a_paused_run_makes_no_progress_and_resumes_at_once(engine):
    run = engine.train(small_config("paused", epochs=100))
    wait_for(lambda: run.read().epochs_done >= 1)
    run.update_control(pause=True)
    wait_for(lambda: run.read_status().state == PAUSED)
    done, heartbeat, started = (
        len(run.read_batches()["step"]),
        run.read_status().heartbeat,
        run.read_status().started_at,
    )
    wait_for(lambda: run.read_status().heartbeat > heartbeat)
    assert len(run.read_batches()["step"]) == done
    engine.resume(run)
    wait_for(lambda: run.read_status().state == RUNNING and len(run.read_batches()["step"]) > done)
    assert run.read_status().started_at == started, "the trainer that held it goes on with it"
    run.cancel()
    wait_for(lambda: not run.read_status().active)


def test_a_long_pause_frees_the_trainer_and_the_resumed_run_finishes(engine):
    run = engine.train(small_config("parked", epochs=12))
    wait_for(lambda: run.read().epochs_done >= 2)
    run.update_control(pause=True)
    other = engine.train(tiny_config("meanwhile"))
    wait_for(lambda: run.read_status().suspended)
    wait_for(lambda: other.read_status().state == FINISHED)
    assert run.read_status().state == PAUSED
    done = run.read().epochs_done
    engine.resume(run)
    wait_for(lambda: not run.read_status().active)
    assert run.read_status().state == FINISHED
    assert run.read_epochs()["epoch"].tolist() == list(range(1, 13))
    assert 2 <= done < 12
