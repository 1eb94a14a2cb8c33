"""The engine answers, trains, and survives the death of its parts; all of it for real."""

import json
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest
from numpy.testing import assert_allclose

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.engine.client import Engine
from mnist_core.engine.protocol import ADDRESS_FILE, EngineNotReady
from mnist_core.errors import ModelError
from mnist_core.runs import store
from mnist_core.runs.evaluation import scores
from mnist_core.runs.run import CANCELLED, FAILED, FINISHED, INTERRUPTED, QUEUED, RUNNING
from tests.waiting import wait_for

SMALL = ModelConfig(hidden_units=(32,))


def small(name: str, *, epochs: int = 2, **training) -> RunConfig:
    return RunConfig(name=name, model=SMALL, training=TrainingConfig(epochs=epochs, batch_size=512, **training))


def workers(engine: Engine) -> dict[str, psutil.Process]:
    """The processes that hold the Classifier ("classify") and that train ("train")."""
    from distributed import Client

    address = json.loads((store.home() / ADDRESS_FILE).read_text())["address"]
    with Client(address, set_as_default=False) as client:
        pids = client.run(os.getpid)
        known = client.scheduler_info(n_workers=-1)["workers"]
    return {next(iter(known[worker]["resources"])): psutil.Process(pid) for worker, pid in pids.items()}


def classify_again(engine: Engine, run, digits):
    """Ask until the engine is mended; the first answers may be that it is not."""
    answers = []

    def answered() -> bool:
        try:
            answers.append(engine.classify(run, digits))
        except EngineNotReady:
            return False
        return True

    wait_for(answered)
    return answers[0]


@pytest.fixture
def book(lab):
    return store.find("book", lab)


def test_it_answers_as_the_run_did_when_it_was_evaluated(engine, book, digits):
    answers = engine.classify(book, digits.test.images[:50])
    assert_allclose(answers, book.test_probabilities[:50], atol=1e-4)


def test_a_model_that_is_no_model_is_told_and_does_no_harm(engine, book, digits, tmp_path):
    (tmp_path / "model.keras").write_bytes(b"nonsense")
    with pytest.raises(ModelError):
        engine.classify(SimpleNamespace(model_path=tmp_path / "model.keras"), digits.test.images[:1])
    assert engine.classify(book, digits.test.images[:1]).argmax() == 7


def test_the_web_side_of_the_engine_has_no_keras_in_it():
    check = (
        "import sys; import mnist_core.engine.client, mnist_core.engine.worker, distributed; "
        "sys.exit(bool({'keras', 'tensorflow'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_queued_run_is_trained_and_leaves_a_complete_folder(engine, digits):
    run = engine.train(small("trained"))
    wait_for(lambda: not run.status.active)
    status = run.status
    assert (status.state, status.error) == (FINISHED, None)
    assert run.epochs["epoch"].tolist() == [1, 2]
    assert len(run.batches["epoch"]) > 20
    assert sorted(run.snapshots) == [1, 2]
    assert vars(scores(run.test_probabilities, digits.test.labels)) == status.scores
    assert status.scores["test_accuracy"] == pytest.approx(run.epochs["val_accuracy"][-1], abs=1e-4)
    assert status.scores["test_accuracy"] > 0.9
    assert {"model.keras", "model.h5", "evaluation.npz", "config.json"} <= {path.name for path in run.path.iterdir()}
    assert not (run.path / "resume").exists()
    assert engine.hdf5(run) == run.hdf5_path.read_bytes()


def test_a_run_goes_on_where_its_parent_stopped(engine, lab):
    parent = store.find("trained", lab)
    child = engine.train(parent.continuation(epochs=1))
    wait_for(lambda: not child.status.active)
    assert child.status.state == FINISHED
    assert child.epochs["epoch"].tolist() == [1, 2, 3]
    assert child.epochs["loss"][2] < child.epochs["loss"][1]
    assert 0 < child.status.seconds < child.epochs["seconds"][-1]


def test_a_run_that_diverges_says_why_and_the_next_one_runs(engine):
    config = RunConfig(
        name="wild",
        model=ModelConfig(hidden_units=(64, 64), scaling=False),
        training=TrainingConfig(epochs=1, learning_rate=1.0, batch_size=512),
    )
    wild, tame = engine.train(config), engine.train(small("tame", epochs=1))
    wait_for(lambda: not wild.status.active and not tame.status.active)
    assert wild.status.state in (FINISHED, FAILED)
    assert wild.status.state == FINISHED or "learning rate" in wild.status.error
    assert tame.status.state == FINISHED


def test_runs_wait_in_line_and_are_taken_oldest_first(engine):
    first, second = engine.train(small("first", epochs=3)), engine.train(small("second", epochs=1))
    wait_for(lambda: first.status.state == RUNNING)
    assert second.status.state == QUEUED
    wait_for(lambda: not second.status.active)
    assert first.status.ended_at <= second.status.started_at


def test_a_cancelled_run_keeps_what_it_learned_and_can_go_on(engine):
    run = engine.train(small("cancelled", epochs=30))
    wait_for(lambda: run.epochs_done >= 2)
    run.ask_to_cancel()
    wait_for(lambda: not run.status.active)
    assert run.status.state == CANCELLED
    assert run.has_model
    assert run.status.scores["test_accuracy"] > 0.8
    assert run.resume_point[0] == run.epochs_done < 30


def test_a_run_whose_folder_disappears_ends_alone(engine):
    gone = engine.train(small("gone", epochs=50))
    wait_for(lambda: gone.epochs_done >= 1)
    shutil.rmtree(gone.path)
    after = engine.train(small("after", epochs=1))
    wait_for(lambda: not after.status.active)
    assert after.status.state == FINISHED


def test_a_killed_training_worker_costs_no_run(engine):
    run = engine.train(small("survivor", epochs=12))
    wait_for(lambda: run.epochs_done >= 2)
    workers(engine)["train"].kill()
    # Until the next worker has taken it up, it may look interrupted.
    wait_for(lambda: run.status.state in (FINISHED, FAILED), seconds=300)
    assert run.status.state == FINISHED
    assert run.epochs["epoch"].tolist() == list(range(1, 13))


def test_a_killed_classifier_is_made_again(engine, book, digits):
    workers(engine)["classify"].kill()
    assert classify_again(engine, book, digits.test.images[:1]).argmax() == 7


def test_a_second_engine_for_the_same_home_is_refused(engine, lab):
    command = [sys.executable, "-m", "mnist_core", "engine"]
    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 2
    assert "already running" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_killed_engine_takes_its_workers_along_and_is_mended_by_the_next_who_asks(engine, book, digits):
    run = engine.train(small("orphan", epochs=200))
    wait_for(lambda: run.epochs_done >= 1)
    dead, family = engine.process(), list(workers(engine).values())
    dead.kill()
    _, alive = psutil.wait_procs(family, timeout=15)
    assert not alive
    assert classify_again(engine, book, digits.test.images[:1]).argmax() == 7
    assert engine.process() != dead
    wait_for(lambda: run.status.state == INTERRUPTED, seconds=15)
    done = run.epochs_done
    engine.resume(run)
    wait_for(lambda: run.epochs_done > done)
    run.ask_to_cancel()
    wait_for(lambda: run.status.state == CANCELLED)
