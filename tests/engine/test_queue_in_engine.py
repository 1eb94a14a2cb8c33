"""Many people, one engine: who comes first, who is asked to wait, and who makes room."""

import pytest

from mnist_core.engine import queue
from mnist_core.runs.status import FINISHED, PAUSED, QUEUED, RUNNING
from tests.engine.labs import small, tiny
from tests.waiting import wait_for

PEOPLE = 6


def test_two_runs_of_each_of_six_people_are_all_trained_first_come_first_served(engine, lab):
    runs = [engine.train(tiny(f"run {turn}", person=f"person {turn % PEOPLE}")) for turn in range(2 * PEOPLE)]
    at_once = set()

    def all_finished() -> bool:
        states = [run.status.state for run in runs]
        at_once.add(states.count(RUNNING))
        return states.count(FINISHED) == len(runs)

    wait_for(all_finished)
    assert max(at_once) == queue.trainers(lab)
    in_line = sorted(runs, key=lambda run: run.status.queued_at)
    assert in_line == runs
    assert sorted(runs, key=lambda run: run.status.started_at) == runs


def test_each_sees_its_place_and_the_time_shrink_as_the_line_moves(engine, lab):
    first, second, third = (engine.train(small(name, epochs=epochs)) for name, epochs in (("1", 4), ("2", 4), ("3", 1)))
    wait_for(lambda: first.status.state == RUNNING)
    places = []

    def third_is_trained() -> bool:
        if third.status.state == QUEUED:
            places.append(queue.position_of(third, lab))
        return not third.status.active

    wait_for(third_is_trained)
    ahead = [place.ahead for place in places]
    assert ahead[0] == 2
    assert 1 in ahead
    assert ahead == sorted(ahead, reverse=True)
    assert places[-1].seconds < places[0].seconds / 2
    assert second.status.ended_at <= third.status.started_at


def test_a_third_waiting_run_of_one_person_is_refused_until_one_has_started(engine):
    running = engine.train(small("running", epochs=100, person="ada"))
    wait_for(lambda: running.status.state == RUNNING)
    waiting = [engine.train(tiny(f"waiting {turn}", person="ada")) for turn in range(2)]
    with pytest.raises(queue.QueueFull, match="two trainings waiting"):
        engine.train(tiny("too many", person="ada"))
    others = engine.train(tiny("somebody else's", person="bob"))
    running.cancel()
    wait_for(lambda: waiting[0].status.state != QUEUED)
    more = engine.train(tiny("again", person="ada"))
    wait_for(lambda: all(run.status.state == FINISHED for run in (*waiting, others, more)))


def test_a_cancelled_run_in_line_is_never_trained(engine):
    running, waiting = engine.train(small("long", epochs=100)), engine.train(tiny("unwanted"))
    wait_for(lambda: running.status.state == RUNNING)
    waiting.cancel()
    running.cancel()
    last = engine.train(tiny("last"))
    wait_for(lambda: not last.status.active)
    assert waiting.status.started_at is None


def test_a_paused_run_holds_still_and_goes_on_at_once(engine):
    run = engine.train(small("paused", epochs=100))
    wait_for(lambda: run.epochs_done >= 1)
    run.ask(pause=True)
    wait_for(lambda: run.status.state == PAUSED)
    done, heartbeat, started = len(run.batches["step"]), run.status.heartbeat, run.status.started_at
    wait_for(lambda: run.status.heartbeat > heartbeat)
    assert len(run.batches["step"]) == done
    engine.resume(run)
    wait_for(lambda: run.status.state == RUNNING and len(run.batches["step"]) > done)
    assert run.status.started_at == started, "the trainer that held it goes on with it"
    run.cancel()
    wait_for(lambda: not run.status.active)


def test_a_long_pause_gives_the_trainer_to_others_and_costs_the_run_nothing(engine):
    run = engine.train(small("parked", epochs=12))
    wait_for(lambda: run.epochs_done >= 2)
    run.ask(pause=True)
    other = engine.train(tiny("meanwhile"))
    wait_for(lambda: run.status.suspended)
    wait_for(lambda: other.status.state == FINISHED)
    assert run.status.state == PAUSED
    done = run.epochs_done
    engine.resume(run)
    wait_for(lambda: not run.status.active)
    assert run.status.state == FINISHED
    assert run.epochs["epoch"].tolist() == list(range(1, 13))
    assert 2 <= done < 12
