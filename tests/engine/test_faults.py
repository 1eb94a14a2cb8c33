"""Tests of killed processes and of a full disk, with a real engine: other runs are not affected."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_core.runs.status import FAILED, FINISHED, INTERRUPTED, QUEUED, RUNNING
from tests.engine.labs import classifier_worker, classify_when_ready, small_config, tiny_config, training_workers
from tests.waiting import wait_for, wait_until_ended

ENGINE_ELSEWHERE = """
from mnist_core.engine.client import EngineClient
from mnist_core.runs import store
engine = EngineClient(store.prepare_home())
engine.wait()
print(engine.process().pid)
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 1 MB."""
    if shutil.which("mount") is None or os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can mount a little disk to fill it")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no little disk can be mounted here: {mounted.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def test_a_run_on_a_full_disk_fails_with_the_reason_and_stays_readable(engine, small_disk):
    before = engine.train(small_config("before", epochs=100))
    wait_for(lambda: before.read_status().state == RUNNING)
    run = engine.train(small_config("too much", epochs=12))
    after = engine.train(small_config("after", epochs=1))
    shutil.move(run.path, small_disk)
    run.path.symlink_to(small_disk / run.id)
    before.cancel()
    wait_for(lambda: not run.read_status().active)
    assert run.read_status().state == FAILED
    assert "No space is left" in run.read_status().error
    assert run.read().epochs_done >= 1
    assert set(run.read_batches()["epoch"]) >= set(run.read_epochs()["epoch"])
    assert run.snapshots()
    wait_for(lambda: not after.read_status().active)
    assert after.read_status().state == FINISHED


def test_a_run_survives_one_killed_worker_and_fails_after_three(engine):
    survivor = engine.train(small_config("survivor", epochs=12))
    wait_for(lambda: survivor.read().epochs_done >= 2)
    training_workers()[0].kill()
    killer, following = engine.train(small_config("killer", epochs=200)), engine.train(tiny_config("next"))
    # Until the next worker continues it, its state may be INTERRUPTED.
    wait_for(lambda: survivor.read_status().state in (FINISHED, FAILED))
    assert survivor.read_status().state == FINISHED
    assert survivor.read_epochs()["epoch"].tolist() == list(range(1, 13))
    for deaths in range(3):
        done = killer.read().epochs_done
        wait_for(lambda done=done: killer.read_status().state == RUNNING and killer.read().epochs_done > done)
        assert killer.read_status().deaths == deaths
        training_workers()[0].kill()
    wait_for(lambda: killer.read_status().state == FAILED)
    assert "died 3 times" in killer.read_status().error
    assert killer.read().epochs_done >= 3
    wait_for(lambda: not following.read_status().active)
    assert following.read_status().state == FINISHED
    assert following.read_status().deaths == 0


def test_a_killed_classifier_is_restarted(engine, book, digits):
    classifier_worker().kill()
    assert classify_when_ready(engine, book, digits.test.images[:1]).argmax() == 7


def test_workers_of_a_killed_engine_exit_and_the_next_engine_continues_the_queue(engine, lab, book, digits):
    run = engine.train(small_config("orphan", epochs=200))
    wait_for(lambda: run.read().epochs_done >= 1)
    waiting = engine.train(tiny_config("waiting"))
    killed, workers = engine.process(), [*training_workers(), classifier_worker()]
    killed.kill()
    wait_until_ended(workers)
    assert waiting.read_status().state == QUEUED
    elsewhere = subprocess.Popen([sys.executable, "-c", ENGINE_ELSEWHERE], stdout=subprocess.PIPE, text=True)
    assert classify_when_ready(engine, book, digits.test.images[:1]).argmax() == 7
    assert engine.process() != killed
    assert int(elsewhere.communicate()[0]) == engine.process().pid, "two web processes share one engine"
    wait_for(lambda: waiting.read_status().state == FINISHED)
    wait_for(lambda: run.read_status().state == INTERRUPTED)
    done = run.read().epochs_done
    engine.resume(run)
    wait_for(lambda: run.read().epochs_done > done)
    run.cancel()
    wait_for(lambda: not run.read_status().active)
