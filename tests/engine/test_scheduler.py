"""Tests of an engine that joins a Dask scheduler; scheduler and workers are real processes on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_core.engine import queue
from mnist_core.engine.client import EngineClient
from mnist_core.engine.shared import LOG_FILE, EngineError
from mnist_core.runs import store
from mnist_core.runs.status import FINISHED, RUNNING
from tests.engine.clusters import dask_cluster
from tests.engine.labs import running_engine, small_config, training_workers
from tests.waiting import wait_for, wait_until_ended, wait_until_ready

WORKERS = 2


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with WORKERS workers."""
    with dask_cluster(tmp_path_factory.mktemp("cluster"), workers=WORKERS) as address:
        yield address


@pytest.fixture(scope="module")
def lab(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home folder of an engine that joins the cluster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_SCHEDULER", cluster)
        patch.setenv("DIGIT_LAB_HOME", str(tmp_path_factory.mktemp("lab")))
        yield store.prepare_home()


@pytest.fixture(scope="module")
def engine(lab: Path) -> Iterator[EngineClient]:
    with running_engine(lab) as connection:
        yield connection


def test_two_runs_train_in_parallel_and_finish_although_a_worker_is_killed(engine, lab, book, digits):
    wait_for(lambda: queue.trainers(lab) == WORKERS)
    runs = [engine.train(small_config(name, epochs=6)) for name in ("left", "right")]
    wait_for(lambda: all(run.read_status().state == RUNNING and run.read().epochs_done >= 1 for run in runs))
    training_workers()[0].kill()
    assert engine.classify(book, digits.test.images[:1]).argmax() == 7
    wait_for(lambda: all(run.read_status().state == FINISHED for run in runs))
    assert [run.read_epochs()["epoch"].tolist() for run in runs] == [list(range(1, 7))] * 2
    assert sum(run.read_status().deaths for run in runs) == 1


def test_an_unused_engine_exits_and_the_workers_of_the_cluster_stay(engine, lab):
    process = engine.process()
    processes = [process, *process.children(recursive=True)]
    workers = training_workers()
    other = EngineClient(lab)
    wait_until_ready(other, lab)
    engine.close()
    other.close()
    wait_until_ended(processes)
    assert all(worker.is_running() for worker in workers)


@pytest.mark.usefixtures("processes")
def test_an_unreachable_scheduler_raises_engine_error_and_logs_one_line(home, monkeypatch):
    monkeypatch.setenv("DIGIT_LAB_SCHEDULER", "tcp://127.0.0.1:9")
    engine = EngineClient(home)
    with pytest.raises(EngineError, match=r"DIGIT_LAB_SCHEDULER.*127\.0\.0\.1:9"):
        engine.wait()
    assert "DIGIT_LAB_SCHEDULER" in engine.error, "pages show this"
    assert len((home / LOG_FILE).read_text().splitlines()) == 1
