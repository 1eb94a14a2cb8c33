"""Tests of a real engine: predictions, trainings, imports, and the pages that use them."""

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

from mnist_core.activations import ACTIVATIONS
from mnist_core.config import IMPORTED, ConfigError, ModelConfig, RunConfig, TrainingConfig
from mnist_core.digits.perturbations import LEVELS
from mnist_core.digits.projection import principal_components
from mnist_core.engine.embedding_maps import HiddenMap
from mnist_core.errors import ModelError, RunError
from mnist_core.evaluation.scores import scores
from mnist_core.host import preflight
from mnist_core.host.preflight import Preflight
from mnist_core.room.database import open_database
from mnist_core.room.settings import Settings
from mnist_core.runs import archive, scan, store
from mnist_core.runs.prepared_experiments import EXPERIMENTS
from mnist_core.runs.robustness import read_robustness
from mnist_core.runs.run import Run
from mnist_core.runs.snapshot import read_snapshot
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED
from mnist_core.untrusted.file_limits import MAX_BYTES
from pages._shared.services import engine as connection_of_pages
from tests.apps import app_of, new_app, open_page
from tests.engine.labs import small_config
from tests.untrusted import files
from tests.waiting import wait_for, wait_until_ready
from tests.zips import unzipped, zipped


def test_classify_gives_the_stored_test_probabilities(engine, book, digits):
    probabilities = engine.classify(book, digits.test.images[:50])
    assert_allclose(probabilities, book.evaluation.read_probabilities()[:50], atol=1e-4)


def test_a_damaged_model_raises_model_error_and_the_engine_keeps_working(engine, book, digits, tmp_path):
    (tmp_path / "model.keras").write_bytes(b"nonsense")
    with pytest.raises(ModelError):
        engine.classify(SimpleNamespace(model_path=tmp_path / "model.keras"), digits.test.images[:1])
    assert engine.classify(book, digits.test.images[:1]).argmax() == 7


def test_predict_rejects_an_inverted_digit(engine, book, digits):
    inverted = np.full((28, 28), 255, np.uint8) - digits.test.images[0]
    prediction = engine.predict(book, np.stack([digits.test.images[0], inverted]))
    assert prediction.rejected.tolist() == [False, True]
    assert_allclose(prediction.probabilities[0], book.evaluation.read_probabilities()[0], atol=1e-4)


def test_explain_gives_activity_saliency_and_predictions_by_epoch(engine, book, digits):
    digit = digits.train.images[7]
    explanation = engine.explain(book, digit)
    assert explanation.answer == digits.train.labels[7] != explanation.runner_up
    assert [units.shape for units in explanation.activity] == [(512,), (512,)]
    assert explanation.present.shape == explanation.missing.shape == (28, 28)
    assert explanation.epochs.keys() == book.snapshots().keys()
    assert explanation.epochs[20].argmax() == explanation.answer


def test_the_nearest_digit_of_a_training_digit_is_itself(engine, book, digits):
    nearest = engine.nearest(book, digits.train.images[59_999])
    assert nearest.indices[0] == 59_999
    assert len(nearest.indices) == 5


def test_a_map_shows_the_principal_components_of_a_hidden_layer(engine, book, digits):
    hidden_map = HiddenMap(book, 2, "pca")
    wait_for(lambda: isinstance(engine.map(hidden_map), np.ndarray))
    _, sums, _ = read_snapshot(book, 20).sums(digits.test.images)  # from weights stored in half precision
    expected = principal_components(ACTIVATIONS["relu"].function(sums))
    assert_allclose(engine.map(hidden_map), expected, atol=0.02 * np.abs(expected).max())


def test_an_imported_model_file_becomes_a_finished_run(engine, book, digits, tmp_path):
    (tmp_path / "theirs.h5").write_bytes(engine.hdf5(book))
    run = engine.import_model(tmp_path / "theirs.h5", "theirs", person="somebody")
    config = run.read_config()
    assert (run.read_status().state, config.recipe, config.person) == (FINISHED, IMPORTED, "somebody")
    assert config.trained_elsewhere
    assert config.model.hidden_units == (512, 512)
    assert run.read_status().scores == pytest.approx(book.read_status().scores, abs=1e-4)
    assert vars(scores(run.evaluation.read_probabilities(), digits.test.labels)) == run.read_status().scores
    assert "from 0 to 255, as they are" in " ".join(run.read_import_report().sentences)
    prediction = engine.predict(run, digits.test.images[:1])
    assert_allclose(prediction.probabilities, book.evaluation.read_probabilities()[:1], atol=1e-4)
    assert prediction.typicality[0] > 0.01
    assert [units.shape for units in engine.explain(run, digits.test.images[0]).activity] == [(512,), (512,)]


def keras_file_with_a_lambda_layer() -> bytes:
    return files.zipped(
        files.sequential(files.layer("Lambda", function=["4wEAAAA=", None, None]), files.dense("d", 10))
    )


def test_an_exported_and_imported_run_is_evaluated_again(engine, book, digits):
    members = unzipped(archive.pack(book))
    status = json.loads(members["status.json"])
    forged = status | {"scores": status["scores"] | {"test_accuracy": 1.0, "incorrect": 0}}
    run = engine.import_run(zipped(members | {"status.json": json.dumps(forged).encode()}), person="somebody")
    config = run.read_config()
    assert (config.name, config.person, config.imported) == ("book (imported)", "somebody", True)
    assert run.read_status().scores == pytest.approx(book.read_status().scores, abs=1e-4)
    assert_array_equal(run.read_epochs()["val_loss"], book.read_epochs()["val_loss"])
    assert list(run.snapshots()) == list(book.snapshots())
    with np.load(run.snapshots()[20]) as new, np.load(book.snapshots()[20]) as old:
        assert_allclose(new["test_probabilities"], old["test_probabilities"], atol=0.02)
    assert_allclose(
        engine.predict(run, digits.test.images[:5]).probabilities, book.evaluation.read_probabilities()[:5], atol=1e-4
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _: {"model.keras": keras_file_with_a_lambda_layer()}, "Lambda layer"),
        (lambda members: {"model.keras": members["model.keras"][:5000]}, "damaged"),
        (lambda members: {"config.json": members["config.json"].replace(b"512", b"256")}, "another one than"),
        (lambda _: {"snapshots/epoch-04.npz": b"nonsense"}, "damaged"),
    ],
)
def test_a_zip_with_an_unusable_network_leaves_no_run(engine, book, lab, change, reason):
    before, members = scan.scan(lab).runs, unzipped(archive.pack(book))
    with pytest.raises((ModelError, RunError), match=reason):
        engine.import_run(zipped(members | change(members)))
    assert scan.scan(lab).runs == before
    assert scan.scan(lab).unreadable == ()


def test_a_rejected_model_file_leaves_no_run(engine, lab):
    before = scan.scan(lab).runs
    with pytest.raises(ModelError, match="neither"):
        engine.import_model(b"nonsense", "theirs")
    with pytest.raises(ConfigError, match="name"):
        engine.import_model(b"nonsense", "")
    with pytest.raises(ModelError, match="64 MB"):
        engine.import_model(bytes(MAX_BYTES + 1), "theirs")
    assert scan.scan(lab).runs == before
    assert scan.scan(lab).unreadable == ()


@pytest.fixture(scope="module")
def pages(engine) -> Iterator[None]:
    """Closes the connection that pages share when the module ends."""
    yield
    connection_of_pages().close()


@pytest.fixture
def import_panel(pages) -> AppTest:
    """The part of the Train page that imports model files."""

    def script() -> None:
        from pages._train.import_run import show_import

        show_import()

    return app_of(script).run()


def test_the_import_panel_shows_the_findings_and_opens_the_run(import_panel, engine, book, lab):
    import_panel.file_uploader[0].upload("their net.h5", engine.hdf5(book), "application/x-hdf5")
    import_panel.run()
    import_panel.button[0].click().run()
    assert not import_panel.exception
    assert "98" in import_panel.success[0].value
    assert "It wants pixels from 0 to 255" in import_panel.info[0].value.replace("\\", "")
    run = store.find("their net", lab)
    next(each for each in import_panel.button if each.label == "Look at it").click().run()
    assert import_panel.session_state["run"] == run.id


def test_the_import_panel_shows_why_a_file_is_rejected(import_panel):
    import_panel.file_uploader[0].upload("text.keras", b"I am a model", "application/octet-stream")
    import_panel.run()
    import_panel.button[0].click().run()
    assert not import_panel.exception
    assert "neither a .keras nor an .h5 file" in import_panel.error[0].value


@pytest.mark.usefixtures("processes")
def test_the_engine_client_does_not_import_keras():
    check = (
        "import sys; import mnist_core.engine.client, mnist_core.engine.worker, distributed; "
        "sys.exit(bool({'keras', 'tensorflow', 'h5py'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_queued_run_is_trained_and_its_folder_is_complete(engine, digits):
    run = engine.train(small_config("trained"))
    wait_for(lambda: not run.read_status().active)
    status = run.read_status()
    assert (status.state, status.error) == (FINISHED, None)
    assert run.read_epochs()["epoch"].tolist() == [1, 2]
    assert set(run.read_batches()["epoch"]) == {1, 2}
    assert sorted(run.snapshots()) == [1, 2]
    assert vars(scores(run.evaluation.read_probabilities(), digits.test.labels)) == status.scores
    assert status.scores["test_accuracy"] == pytest.approx(run.read_epochs()["val_accuracy"][-1], abs=1e-4)
    assert status.scores["test_accuracy"] > 0.9
    assert {"model.keras", "model.h5", "evaluation.npz", "config.json"} <= {path.name for path in run.path.iterdir()}
    assert not (run.path / "resume").exists()
    assert engine.hdf5(run) == run.hdf5_path.read_bytes()


def test_a_continuation_starts_after_the_last_epoch_of_its_parent(engine, lab):
    parent = store.find("trained", lab)
    child = engine.train(parent.continuation(epochs=1))
    wait_for(lambda: not child.read_status().active)
    assert child.read_status().state == FINISHED
    assert child.read_epochs()["epoch"].tolist() == [1, 2, 3]
    assert child.read_epochs()["loss"][2] < child.read_epochs()["loss"][1]
    assert 0 < child.read_status().seconds < child.read_epochs()["seconds"][-1]


def test_resuming_a_finished_run_does_not_train_it(engine, lab):
    run = store.find("trained", lab)
    engine.resume(run)
    assert run.read_status().state == FINISHED


def test_the_robustness_view_measures_a_run_once_and_shows_its_curve(pages, engine, lab, digits):
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
    engine.measure_robustness(run)  # a second request joins the same measurement
    assert engine.robustness_progress(run).error is None
    assert engine.classify(run, digits.test.images[:1]).argmax() == 7  # drawings are classified during the measurement
    wait_for(lambda: engine.robustness_progress(run) is None)
    shift = read_robustness(run, LEVELS).curves["shift"].accuracies
    assert shift[0] == pytest.approx(run.read_status().scores["test_accuracy"], abs=1e-3)
    assert shift[0] > shift[2] > shift[4]
    page.run()
    assert not page.button
    assert "**trained**" in "".join(each.value for each in page.markdown)


def test_a_trained_experiment_shows_its_finding(pages, engine, lab):
    engine.train_experiment(EXPERIMENTS["scaling"].configs())
    runs = [listed.run for listed in scan.scan(lab).own if listed.config.experiment]
    wait_for(lambda: all(run.read_status().state == FINISHED for run in runs))
    page = new_app()
    page.query_params.update(tab="experiments", experiment="scaling")
    open_page(page, "train").run()
    assert not page.exception
    text = " ".join(each.value for each in (*page.success, *page.warning, *page.info, *page.markdown))
    assert re.search(r"It reads 9\d\.\d% of new digits with pixels from 0 to 1", text)


def test_measuring_a_run_without_a_network_gives_an_error(engine, lab):
    untrained = Run(lab / "runs" / "nothing")
    engine.measure_robustness(untrained)
    wait_for(lambda: engine.robustness_progress(untrained).error)
    assert "no trained network" in engine.robustness_progress(untrained).error


def test_preflight_trains_on_a_worker_and_leaves_no_run(engine, lab, monkeypatch):
    monkeypatch.setattr(preflight, "MAX_PREDICTION_SECONDS", inf)  # the speed of this machine is not tested
    monkeypatch.setattr(preflight, "TRAINING_TIMEOUT_SECONDS", inf)
    before = scan.scan(lab).runs
    checks = Preflight(lab, Settings(open_database(lab)), engine, canvas="http://localhost:9").checks()
    found = {check.name: check for check in checks if check.name in ("Everyone's network", "A short training")}
    assert all(check.ok for check in found.values()), found
    assert "the express recipe takes about" in found["A short training"].message
    assert scan.scan(lab).runs == before


def test_a_diverged_run_has_a_reason_and_the_next_run_finishes(engine):
    config = RunConfig(
        name="wild",
        model=ModelConfig(hidden_units=(64, 64), scaling=False),
        training=TrainingConfig(epochs=1, learning_rate=1.0, batch_size=512),
    )
    wild, tame = engine.train(config), engine.train(small_config("tame", epochs=1))
    wait_for(lambda: not wild.read_status().active and not tame.read_status().active)
    assert wild.read_status().state in (FINISHED, FAILED)
    assert wild.read_status().state == FINISHED or "learning rate" in wild.read_status().error
    assert tame.read_status().state == FINISHED


def test_a_cancelled_run_keeps_its_network_and_can_be_resumed(engine):
    run = engine.train(small_config("cancelled", epochs=30))
    wait_for(lambda: run.read().epochs_done >= 2)
    run.cancel()
    wait_for(lambda: not run.read_status().active)
    assert run.read_status().state == CANCELLED
    assert run.has_model()
    assert run.read_status().scores["test_accuracy"] > 0.8
    done = run.read().epochs_done
    assert run.resume_point().epochs == done < 30
    engine.resume(run)
    wait_for(lambda: run.read().epochs_done > done)
    run.cancel()
    wait_for(lambda: not run.read_status().active)


def test_a_run_whose_folder_is_deleted_ends_and_the_next_run_finishes(engine):
    deleted = engine.train(small_config("gone", epochs=50))
    wait_for(lambda: deleted.read().epochs_done >= 1)
    shutil.rmtree(deleted.path.rename(deleted.home / "gone"))  # renamed first, as its trainer still writes there
    after = engine.train(small_config("after", epochs=1))
    wait_for(lambda: not after.read_status().active)
    assert after.read_status().state == FINISHED
    assert not deleted.path.exists()


def test_a_second_engine_for_the_same_home_exits_with_an_error(engine):
    command = [sys.executable, "-m", "mnist_core", "engine"]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 2
    assert "already running" in second.stderr
    assert "Traceback" not in second.stderr
