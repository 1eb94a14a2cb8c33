"""Whatever dies, fills up or goes away, no run is lost and nobody else notices; all of it for real."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_core.runs.status import FAILED, FINISHED, INTERRUPTED, QUEUED, RUNNING
from tests.engine.labs import classifier, classify_again, small, tiny, trainers
from tests.waiting import wait_for, wait_until_gone

ENGINE_ELSEWHERE = """
from mnist_core.engine.client import Engine
from mnist_core.runs import store
engine = Engine(store.prepare_home())
engine.wait()
print(engine.process().pid)
"""


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 1 MB."""
    if shutil.which("mount") is None or os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can mount a little disk to fill it")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no little disk can be mounted here: {mounted.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def test_a_run_on_a_full_disk_fails_with_the_reason_and_stays_readable(engine, little_disk):
    before = engine.train(small("before", epochs=100))
    wait_for(lambda: before.status.state == RUNNING)
    run = engine.train(small("too much", epochs=12))
    after = engine.train(small("after", epochs=1))
    shutil.move(run.path, little_disk)
    run.path.symlink_to(little_disk / run.id)
    before.cancel()
    wait_for(lambda: not run.status.active)
    assert run.status.state == FAILED
    assert "No space is left" in run.status.error
    assert run.epochs_done >= 1
    assert set(run.batches["epoch"]) >= set(run.epochs["epoch"])
    assert run.snapshots
    wait_for(lambda: not after.status.active)
    assert after.status.state == FINISHED


def test_a_killed_worker_costs_no_run_but_one_that_kills_three_is_given_up(engine):
    survivor = engine.train(small("survivor", epochs=12))
    wait_for(lambda: survivor.epochs_done >= 2)
    trainers()[0].kill()
    killer, next_one = engine.train(small("killer", epochs=200)), engine.train(tiny("next"))
    # Until the next worker has taken it up, it may look interrupted.
    wait_for(lambda: survivor.status.state in (FINISHED, FAILED))
    assert survivor.status.state == FINISHED
    assert survivor.epochs["epoch"].tolist() == list(range(1, 13))
    for deaths in range(3):
        done = killer.epochs_done
        wait_for(lambda done=done: killer.status.state == RUNNING and killer.epochs_done > done)
        assert killer.status.deaths == deaths
        trainers()[0].kill()
    wait_for(lambda: killer.status.state == FAILED)
    assert "died 3 times" in killer.status.error
    assert killer.epochs_done >= 3
    wait_for(lambda: not next_one.status.active)
    assert next_one.status.state == FINISHED
    assert next_one.status.deaths == 0


def test_a_killed_classifier_is_made_again(engine, book, digits):
    classifier().kill()
    assert classify_again(engine, book, digits.test.images[:1]).argmax() == 7


def test_a_killed_engine_takes_its_workers_along_and_the_next_one_takes_up_the_line(engine, lab, book, digits):
    run = engine.train(small("orphan", epochs=200))
    wait_for(lambda: run.epochs_done >= 1)
    waiting = engine.train(tiny("waiting"))
    dead, family = engine.process(), [*trainers(), classifier()]
    dead.kill()
    wait_until_gone(family)
    assert waiting.status.state == QUEUED
    elsewhere = subprocess.Popen([sys.executable, "-c", ENGINE_ELSEWHERE], stdout=subprocess.PIPE, text=True)
    assert classify_again(engine, book, digits.test.images[:1]).argmax() == 7
    assert engine.process() != dead
    assert int(elsewhere.communicate()[0]) == engine.process().pid, "two web processes share one engine"
    wait_for(lambda: waiting.status.state == FINISHED)
    wait_for(lambda: run.status.state == INTERRUPTED)
    done = run.epochs_done
    engine.resume(run)
    wait_for(lambda: run.epochs_done > done)
    run.cancel()
    wait_for(lambda: not run.status.active)
