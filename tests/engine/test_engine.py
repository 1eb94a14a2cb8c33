"""The engine answers and trains; all of it for real."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from math import inf
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from streamlit.testing.v1 import AppTest

from mnist_core.config import IMPORTED, ConfigError, ModelConfig, RunConfig, TrainingConfig
from mnist_core.digits.perturbations import LEVELS
from mnist_core.digits.projection import principal_components
from mnist_core.engine.maps import HiddenMap
from mnist_core.errors import ModelError
from mnist_core.evaluation.scores import scores
from mnist_core.host import preflight
from mnist_core.host.preflight import Preflight
from mnist_core.room.database import open_database
from mnist_core.room.settings import Settings
from mnist_core.runs import archive, store
from mnist_core.runs.activations import ACTIVATIONS
from mnist_core.runs.prepared_experiments import EXPERIMENTS
from mnist_core.runs.robustness import read_robustness
from mnist_core.runs.run import Run, RunError
from mnist_core.runs.snapshot import read_snapshot
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED
from mnist_core.untrusted.file_limits import MAX_BYTES
from mnist_core.untrusted.import_report import Findings
from pages._shared.services import engine as connection_of_pages
from tests.apps import app_of, new_app, open_page
from tests.engine.labs import small
from tests.untrusted import files
from tests.waiting import wait_for, wait_until_ready
from tests.zips import unzipped, zipped


def test_it_answers_as_the_run_did_when_it_was_evaluated(engine, book, digits):
    answers = engine.classify(book, digits.test.images[:50])
    assert_allclose(answers, book.test_probabilities[:50], atol=1e-4)


def test_a_model_that_is_no_model_is_told_and_does_no_harm(engine, book, digits, tmp_path):
    (tmp_path / "model.keras").write_bytes(b"nonsense")
    with pytest.raises(ModelError):
        engine.classify(SimpleNamespace(model_path=tmp_path / "model.keras"), digits.test.images[:1])
    assert engine.classify(book, digits.test.images[:1]).argmax() == 7


def test_a_reading_tells_whether_it_is_a_digit_at_all(engine, book, digits):
    upside_down = np.full((28, 28), 255, np.uint8) - digits.test.images[0]
    reading = engine.predict(book, np.stack([digits.test.images[0], upside_down]))
    assert reading.rejected.tolist() == [False, True]
    assert_allclose(reading.probabilities[0], book.test_probabilities[0], atol=1e-4)


def test_an_answer_is_explained(engine, book, digits):
    digit = digits.train.images[7]
    explanation = engine.explain(book, digit)
    assert explanation.answer == digits.train.labels[7] != explanation.runner_up
    assert [units.shape for units in explanation.activity] == [(512,), (512,)]
    assert explanation.present.shape == explanation.missing.shape == (28, 28)
    assert explanation.epochs.keys() == book.snapshots.keys()
    assert explanation.epochs[20].argmax() == explanation.answer


def test_a_training_digit_is_its_own_nearest(engine, book, digits):
    nearest = engine.nearest(book, digits.train.images[59_999])
    assert nearest.indices[0] == 59_999
    assert len(nearest.indices) == 5


def test_a_map_shows_the_test_digits_as_a_hidden_layer_holds_them(engine, book, digits):
    wanted = HiddenMap(book, 2, "pca")
    wait_for(lambda: isinstance(engine.map(wanted), np.ndarray))
    _, sums, _ = read_snapshot(book, 20).sums(digits.test.images)  # of weights kept in half precision
    expected = principal_components(ACTIVATIONS["relu"].function(sums))
    assert_allclose(engine.map(wanted), expected, atol=0.02 * np.abs(expected).max())


def test_a_model_from_elsewhere_becomes_a_run_like_the_others(engine, book, digits, tmp_path):
    (tmp_path / "theirs.h5").write_bytes(engine.hdf5(book))
    run = engine.import_model(tmp_path / "theirs.h5", "theirs", person="somebody")
    assert (run.status.state, run.config.recipe, run.config.person) == (FINISHED, IMPORTED, "somebody")
    assert run.config.trained_elsewhere
    assert run.config.model.hidden_units == (512, 512)
    assert run.status.scores == pytest.approx(book.status.scores, abs=1e-4)
    assert vars(scores(run.test_probabilities, digits.test.labels)) == run.status.scores
    assert "from 0 to 255, as they are" in " ".join(Findings.read(run.path).sentences)
    reading = engine.predict(run, digits.test.images[:1])
    assert_allclose(reading.probabilities, book.test_probabilities[:1], atol=1e-4)
    assert reading.typicality[0] > 0.01
    assert [units.shape for units in engine.explain(run, digits.test.images[0]).activity] == [(512,), (512,)]


def with_a_lambda() -> bytes:
    return files.zipped(
        files.sequential(files.layer("Lambda", function=["4wEAAAA=", None, None]), files.dense("d", 10))
    )


def test_a_run_leaves_as_a_zip_and_comes_back_scored_anew(engine, book, digits):
    members = unzipped(archive.pack(book))
    status = json.loads(members["status.json"])
    boasting = status | {"scores": status["scores"] | {"test_accuracy": 1.0, "incorrect": 0}}
    run = engine.import_run(zipped(members | {"status.json": json.dumps(boasting).encode()}), person="somebody")
    assert (run.config.name, run.config.person, run.config.imported) == ("book (imported)", "somebody", True)
    assert run.status.scores == pytest.approx(book.status.scores, abs=1e-4)
    assert_array_equal(run.epochs["val_loss"], book.epochs["val_loss"])
    assert list(run.snapshots) == list(book.snapshots)
    with np.load(run.snapshots[20]) as new, np.load(book.snapshots[20]) as old:
        assert_allclose(new["test_probabilities"], old["test_probabilities"], atol=0.02)
    assert_allclose(engine.predict(run, digits.test.images[:5]).probabilities, book.test_probabilities[:5], atol=1e-4)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _: {"model.keras": with_a_lambda()}, "Lambda layer"),
        (lambda members: {"model.keras": members["model.keras"][:5000]}, "damaged"),
        (lambda members: {"config.json": members["config.json"].replace(b"512", b"256")}, "another one than"),
        (lambda _: {"snapshots/epoch-04.npz": b"nonsense"}, "damaged"),
    ],
)
def test_a_zip_whose_network_is_not_to_be_had_leaves_no_run(engine, book, lab, change, reason):
    before, members = store.list_runs(lab), unzipped(archive.pack(book))
    with pytest.raises((ModelError, RunError), match=reason):
        engine.import_run(zipped(members | change(members)))
    assert store.list_runs(lab) == before
    assert store.unreadable_runs(lab) == []


def test_a_file_that_is_refused_leaves_no_run(engine, lab):
    before = store.list_runs(lab)
    with pytest.raises(ModelError, match="neither"):
        engine.import_model(b"nonsense", "theirs")
    with pytest.raises(ConfigError, match="name"):
        engine.import_model(b"nonsense", "")
    with pytest.raises(ModelError, match="64 MB"):
        engine.import_model(bytes(MAX_BYTES + 1), "theirs")
    assert store.list_runs(lab) == before
    assert store.unreadable_runs(lab) == []


@pytest.fixture(scope="module")
def pages(engine) -> Iterator[None]:
    """The connection that pages have; it ends with the module."""
    yield
    connection_of_pages().close()


@pytest.fixture
def panel(pages) -> AppTest:
    """The part of the Train page that takes model files."""

    def script() -> None:
        from pages._train.import_run import show_import

        show_import()

    return app_of(script).run()


def test_the_page_says_what_was_found_and_leads_to_the_run(panel, engine, book, lab):
    panel.file_uploader[0].upload("their net.h5", engine.hdf5(book), "application/x-hdf5")
    panel.run()
    panel.button[0].click().run()
    assert not panel.exception
    assert "98" in panel.success[0].value
    assert "It wants pixels from 0 to 255" in panel.info[0].value.replace("\\", "")
    run = store.find("their net", lab)
    next(each for each in panel.button if each.label == "Look at it").click().run()
    assert panel.session_state["run"] == run.id


def test_the_page_says_why_a_file_is_refused(panel):
    panel.file_uploader[0].upload("text.keras", b"I am a model", "application/octet-stream")
    panel.run()
    panel.button[0].click().run()
    assert not panel.exception
    assert "neither a .keras nor an .h5 file" in panel.error[0].value


@pytest.mark.usefixtures("processes")
def test_the_web_side_of_the_engine_has_no_keras_in_it():
    check = (
        "import sys; import mnist_core.engine.client, mnist_core.engine.worker, distributed; "
        "sys.exit(bool({'keras', 'tensorflow', 'h5py'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_queued_run_is_trained_and_leaves_a_complete_folder(engine, digits):
    run = engine.train(small("trained"))
    wait_for(lambda: not run.status.active)
    status = run.status
    assert (status.state, status.error) == (FINISHED, None)
    assert run.epochs["epoch"].tolist() == [1, 2]
    assert set(run.batches["epoch"]) == {1, 2}
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


def test_a_finished_run_is_not_trained_again(engine, lab):
    run = store.find("trained", lab)
    engine.resume(run)
    assert run.status.state == FINISHED


def test_a_page_has_a_run_measured_once_and_shows_its_curve(pages, engine, lab, digits):
    def script() -> None:
        from mnist_core import settings
        from mnist_core.runs import store
        from pages._errors.robustness import show_robustness

        show_robustness(store.find("trained", settings.home()))

    wait_until_ready(connection_of_pages(), lab)
    run = store.find("trained", lab)
    page = app_of(script).run()
    assert "It takes about 8 s" in "".join(each.value for each in page.markdown)
    page.button[0].click().run()
    assert not page.exception
    assert "trained" in page.get("progress")[0].proto.text
    engine.measure_robustness(run)  # somebody else's wish is the same measuring
    assert engine.measuring(run).error is None
    assert engine.classify(run, digits.test.images[:1]).argmax() == 7  # drawings are answered meanwhile
    wait_for(lambda: engine.measuring(run) is None)
    shift = read_robustness(run, LEVELS).curves["shift"].accuracies
    assert shift[0] == pytest.approx(run.status.scores["test_accuracy"], abs=1e-3)
    assert shift[0] > shift[2] > shift[4]
    page.run()
    assert not page.button
    assert "**trained**" in "".join(each.value for each in page.markdown)


def test_an_experiment_that_was_trained_shows_what_it_found(pages, engine, lab):
    engine.train_experiment(EXPERIMENTS["scaling"].configs())
    runs = [run for run in store.list_runs(lab) if run.config.experiment]
    wait_for(lambda: all(run.status.state == FINISHED for run in runs))
    page = new_app()
    page.query_params.update(tab="experiments", experiment="scaling")
    open_page(page, "train").run()
    assert not page.exception
    said = " ".join(each.value for each in (*page.success, *page.warning, *page.info, *page.markdown))
    assert re.search(r"It reads 9\d\.\d% of new digits with pixels from 0 to 1", said)


def test_a_run_without_a_network_says_that_there_is_nothing_to_measure(engine, lab):
    nothing = Run(lab / "runs" / "nothing")
    engine.measure_robustness(nothing)
    wait_for(lambda: engine.measuring(nothing).error)
    assert "no trained network" in engine.measuring(nothing).error


def test_a_preflight_trains_on_a_worker_and_leaves_nothing_behind(engine, lab, monkeypatch):
    monkeypatch.setattr(preflight, "SLOW_ANSWER", inf)  # how fast this machine is, is not asked here
    monkeypatch.setattr(preflight, "SECONDS_TO_TRAIN", inf)
    before = store.list_runs(lab)
    checks = Preflight(lab, Settings(open_database(lab)), engine, canvas="http://localhost:9").checks()
    found = {check.name: check for check in checks if check.name in ("Everyone's network", "A short training")}
    assert all(check.ok for check in found.values()), found
    assert "the express recipe takes about" in found["A short training"].told
    assert store.list_runs(lab) == before


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


def test_a_cancelled_run_keeps_what_it_learned_and_can_go_on(engine):
    run = engine.train(small("cancelled", epochs=30))
    wait_for(lambda: run.epochs_done >= 2)
    run.cancel()
    wait_for(lambda: not run.status.active)
    assert run.status.state == CANCELLED
    assert run.has_model
    assert run.status.scores["test_accuracy"] > 0.8
    done = run.epochs_done
    assert run.resume_point.epochs == done < 30
    engine.resume(run)
    wait_for(lambda: run.epochs_done > done)
    run.cancel()
    wait_for(lambda: not run.status.active)


def test_a_run_whose_folder_disappears_ends_alone(engine):
    gone = engine.train(small("gone", epochs=50))
    wait_for(lambda: gone.epochs_done >= 1)
    shutil.rmtree(gone.path.rename(gone.home / "gone"))  # in one step: its trainer still writes there
    after = engine.train(small("after", epochs=1))
    wait_for(lambda: not after.status.active)
    assert after.status.state == FINISHED
    assert not gone.path.exists()


def test_a_second_engine_for_the_same_home_is_refused(engine):
    command = [sys.executable, "-m", "mnist_core", "engine"]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 2
    assert "already running" in second.stderr
    assert "Traceback" not in second.stderr
