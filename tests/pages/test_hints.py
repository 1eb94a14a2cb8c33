"""Tests of the hints on the Train page without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import RunConfig, TrainingConfig
from mnist_core.runs import store
from mnist_core.runs.run import BATCH_COLUMNS, EPOCH_COLUMNS, SHIPPED, Run
from mnist_core.runs.status import FAILED, RUNNING
from pages._train import form_state
from tests.apps import new_app, open_page

SLOW = RunConfig(name="slow", training=TrainingConfig(learning_rate=1e-5, validation="held-out", epochs=30, seed=7))


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def opened(run: Run) -> AppTest:
    app = new_app()
    app.query_params["run"] = run.id
    return open_page(app, "train").run()


def hints(app: AppTest) -> list[str]:
    return [each.value for each in app.markdown if each.value.startswith(":material/lightbulb:")]


def write(run: Run, losses: list[float]) -> None:
    rows = [(epoch, epoch, loss, 0.5, loss, 0.5) for epoch, loss in enumerate(losses, start=1)]
    lines = [EPOCH_COLUMNS, *rows]
    (run.path / "epochs.csv").write_text("".join(",".join(map(str, line)) + "\n" for line in lines))
    batches = [BATCH_COLUMNS, *((epoch, 100, epoch, loss, 0.5) for epoch, loss in enumerate(losses, start=1))]
    (run.path / "batches.csv").write_text("".join(",".join(map(str, line)) + "\n" for line in batches))


def test_the_book_network_shows_hints_with_an_explanation_and_suggested_settings(home):
    app = opened(Run(SHIPPED / "book"))
    overfitting, test_set = hints(app)
    assert "Over-fitting begins after epoch 12" in overfitting
    assert "watched on the test set" in test_set
    assert any("learn its training digits by heart" in each.value for each in app.markdown)
    assert {"Try distorted digits", "Try digits held out"} <= {each.label for each in app.button}


def test_a_suggested_setting_is_copied_into_the_training_form(home):
    run = store.create(SLOW, home, state=RUNNING)
    write(run, [2.3, 2.2])
    app = opened(run)
    next(each for each in app.button if each.label == "Try a learning rate of 0.001").click().run()
    values = {key: app.session_state[form_state.VALUES_KEY].values[key] for key in ("learning_rate", "epochs", "seed")}
    assert values == {"learning_rate": 0.001, "epochs": 30, "seed": 7}
    rate = next(each for each in app.select_slider if each.label == "Learning rate")
    assert rate.value == 0.001
    assert "Press Train" in app.toast[0].value
    assert not app.exception


def test_a_running_run_shows_a_hint_after_the_epoch_that_causes_it(home):
    run = store.create(SLOW, home, state=RUNNING)
    write(run, [2.3])
    app = opened(run)
    assert hints(app) == []
    write(run, [2.3, 2.2])
    assert "learning rate is low" in hints(app.run())[0]


def test_a_diverged_run_without_curves_shows_a_hint(home):
    run = store.create(SLOW, home)
    run.update(state=FAILED, diverged=True, error="The loss became nan in epoch 1.")
    assert "no longer a number" in hints(opened(run))[0]
