"""More machines: the engine joins a Dask scheduler; scheduler and workers are real processes, on loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from mnist_core.engine.client import Engine
from mnist_core.engine.protocol import LOG_FILE, EngineError
from mnist_core.runs import queue
from mnist_core.runs.run import FINISHED, RUNNING
from tests.engine.labs import small, trainers
from tests.waiting import wait_for, wait_until_gone

WORKERS = 2


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers; nothing there knows of Digit Lab."""
    folder = tmp_path_factory.mktemp("cluster")
    address = folder / "scheduler.json"
    where = ["--scheduler-file", str(address), "--host", "127.0.0.1", "--no-dashboard"]
    with ExitStack() as stack:
        stack.enter_context(_dask("scheduler", [*where, "--port", "0"], folder))
        for _ in range(WORKERS):
            stack.enter_context(_dask("worker", where, folder))
        wait_for(address.exists)
        yield json.loads(address.read_text())["address"]


@contextmanager
def _dask(role: str, options: list[str], folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (folder / f"{role}.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    yield
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    for each in family:
        with suppress(psutil.NoSuchProcess):  # it has followed its parent
            each.kill()
    wait_until_gone(family)


@pytest.fixture(scope="module", autouse=True)
def scheduler(cluster: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_SCHEDULER", cluster)
        yield


def test_two_runs_train_side_by_side_and_a_killed_worker_costs_neither(engine, lab, book, digits):
    wait_for(lambda: queue.trainers(lab) == WORKERS)
    runs = [engine.train(small(name, epochs=20)) for name in ("left", "right")]
    wait_for(lambda: all(run.status.state == RUNNING and run.epochs_done >= 1 for run in runs))
    trainers()[0].kill()
    assert engine.classify(book, digits.test.images[:1]).argmax() == 7
    wait_for(lambda: all(run.status.state == FINISHED for run in runs))
    assert [run.epochs["epoch"].tolist() for run in runs] == [list(range(1, 21))] * 2
    assert sum(run.status.deaths for run in runs) == 1


def test_an_engine_that_nobody_needs_leaves_and_the_workers_stay(engine, lab):
    process = engine.process()
    family = [process, *process.children(recursive=True)]
    workers = trainers()
    other = Engine(lab)
    other.wait()
    engine.close()
    other.close()
    wait_until_gone(family)
    assert all(worker.is_running() for worker in workers)


def test_a_scheduler_that_is_not_there_is_told_in_one_line(home, monkeypatch):
    monkeypatch.setenv("DIGIT_LAB_SCHEDULER", "tcp://127.0.0.1:9")
    engine = Engine(home)
    with pytest.raises(EngineError, match=r"DIGIT_LAB_SCHEDULER.*127\.0\.0\.1:9"):
        engine.wait()
    assert "DIGIT_LAB_SCHEDULER" in engine.error, "pages show this"
    assert len((home / LOG_FILE).read_text().splitlines()) == 1
