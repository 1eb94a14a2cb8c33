"""Tests of every page without a browser: its content, and its error messages."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import RunConfig, TrainingConfig
from mnist_core.digits import mnist
from mnist_core.engine.client import EngineClient
from mnist_core.runs import scan, store
from mnist_core.runs.status import FAILED, FINISHED, QUEUED
from pages._shared.messages import escape_markdown
from pages._shared.widgets.prediction import verdict_text
from pages._train.how_it_learns import TERMS
from tests.apps import new_app, open_page

PAGES = ("home", "draw", "train", "errors", "dataset", "workshop")


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def opened(name: str) -> AppTest:
    app = new_app()
    return open_page(app, name).run()


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.subheader, *app.markdown, *app.caption, *app.text])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_error(home, name):
    app = opened(name)
    assert not app.exception
    assert not app.error
    assert app.title


@pytest.mark.parametrize("name", PAGES)
def test_every_page_shows_an_error_when_the_dataset_is_damaged(home, monkeypatch, tmp_path, name):
    damaged = tmp_path / "mnist.npz"
    damaged.write_bytes(mnist.FILE.read_bytes()[:100_000])
    monkeypatch.setattr(mnist, "FILE", damaged)
    app = opened(name)
    assert not app.exception
    assert str(damaged) in app.error[0].value
    assert "git checkout" in app.error[0].value


def test_the_home_page_shows_an_error_when_the_home_folder_cannot_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DIGIT_LAB_HOME", str(tmp_path / "file" / "lab"))
    app = opened("home")
    assert not app.exception
    assert "DIGIT_LAB_HOME" in app.error[0].value


def test_a_damaged_run_is_named_in_the_sidebar_and_the_page_works(home):
    run = store.create(RunConfig(name="broken"), home)
    (run.path / "config.json").write_text("{")
    app = opened("errors")
    assert not app.exception
    assert escape_markdown(run.id) in app.sidebar.warning[0].value
    assert app.metric


def test_home_shows_the_number_of_digits_the_queue_and_the_default_network(home):
    store.create(RunConfig(name="waiting"), home)
    shown = text(opened("home"))
    assert "60,000 training and 10,000 test digits" in shown
    assert "1 waiting" in shown
    assert store.shipped_default_run().read_config().name in shown


def test_the_training_form_shows_the_number_of_parameters(home):
    app = opened("train")
    assert "669,706 parameters" in text(app)
    app.number_input(key="units_1-0").set_value(64).run()
    assert f"{785 * 64 + 65 * 512 + 513 * 10:,} parameters" in text(app)


def test_pressing_train_queues_a_run_with_the_chosen_settings_and_shows_it(home):
    app = opened("train")
    app.text_input(key="name").set_value("mine *bold*")
    app.number_input(key="epochs-0").set_value(3)
    app.select_slider(key="batch_size-0").set_value(256)
    app.toggle(key="scaling-0").set_value(False)
    app.run()
    next(button for button in app.button if button.label == "Train").click().run()
    assert not app.exception
    run = store.find("mine *bold*", home)
    assert run.read_status().state == QUEUED
    assert (run.read_config().training.epochs, run.read_config().training.batch_size) == (3, 256)
    assert not run.read_config().model.scaling
    assert app.query_params["run"] == run.id
    assert escape_markdown("mine *bold*") in text(app)


def test_a_run_without_a_name_gets_a_numbered_name(home):
    app = opened("train")
    next(button for button in app.button if button.label == "Train").click().run()
    assert store.find("network 1", home)


def test_a_run_id_in_the_url_selects_the_run(home):
    first = store.create(RunConfig(name="first"), home)
    first.update(state=FAILED, error="It burned.")
    store.create(RunConfig(name="second"), home)
    app = new_app()
    app.query_params["run"] = first.id
    open_page(app, "train").run()
    assert "It burned." in [error.value for error in app.error]


def test_the_id_of_a_deleted_run_in_the_url_selects_another_run(home):
    app = new_app()
    app.query_params["run"] = "20200101-000000-000000"
    open_page(app, "train").run()
    assert not app.exception
    assert not app.error


def test_a_queued_run_can_be_cancelled_and_queued_again(home):
    run = store.create(RunConfig(name="waiting", training=TrainingConfig(epochs=1)), home)
    app = opened("train")
    next(button for button in app.button if button.label.startswith("Cancel")).click().run()
    assert not run.read_status().active
    app.run()
    next(button for button in app.button if button.label == "Start it again").click().run()
    assert run.read_status().state == QUEUED


def test_continuing_a_run_without_a_model_file_shows_an_error(home):
    run = store.create(RunConfig(name="short-lived"), home)
    run.update(state=FINISHED)
    run.model_path.touch()
    app = opened("train")
    run.model_path.unlink()
    next(button for button in app.button if button.label == "Train further").click().run()
    assert not app.exception
    assert "no trained network to go on from" in app.error[0].value


def test_a_finished_run_shows_its_scores(home):
    app = opened("train")
    shown = scan.shipped_runs()[-1]  # the newest
    scores = shown.status.scores
    assert [metric.value for metric in app.metric][:2] == [
        f"{scores['test_accuracy']:.2%}",
        f"{scores['test_loss']:.4f}",
    ]
    assert shown.status.state == FINISHED


def test_each_term_is_explained_in_two_sentences(home):
    app = opened("train")
    app.session_state["train_tab"] = "How it learns"
    shown = text(app.run())
    for term, sentences in TERMS.items():
        assert sentences in shown
        assert sentences.rstrip(".").replace("0.69", "").replace("2.7", "").count(". ") == 1, term


def test_draw_shows_instructions_and_that_the_engine_is_starting(home):
    app = opened("draw")
    assert "Draw a digit from 0 to 9" in text(app)
    assert "waking up" in app.info[0].value


def test_draw_shows_an_error_when_the_engine_cannot_start(home, monkeypatch):
    monkeypatch.setattr(EngineClient, "__init__", _broken_engine)
    app = opened("draw")
    assert "Its log may say why" in app.error[0].value


def _broken_engine(engine: EngineClient, home: Path) -> None:
    engine.error = "The engine did not start. Its log may say why."
    engine._classifier = None


def test_the_verdict_text_depends_on_the_highest_probability():
    import numpy as np

    def probabilities(first: float) -> np.ndarray:
        values = np.zeros(10)
        values[7], values[1] = first, 1 - first
        return values

    assert verdict_text(probabilities(0.99)) == "That is a 7."
    assert verdict_text(probabilities(0.8)) == "Probably a 7, perhaps a 1."
    assert verdict_text(probabilities(0.55)) == "Hard to say: a 7 or a 1?"
