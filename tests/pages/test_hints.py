"""Hints on the Train page, without a browser."""

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


def hinted(app: AppTest) -> list[str]:
    return [each.value for each in app.markdown if each.value.startswith(":material/lightbulb:")]


def write(run: Run, losses: list[float]) -> None:
    rows = [(epoch, epoch, loss, 0.5, loss, 0.5) for epoch, loss in enumerate(losses, start=1)]
    lines = [EPOCH_COLUMNS, *rows]
    (run.path / "epochs.csv").write_text("".join(",".join(map(str, line)) + "\n" for line in lines))
    batches = [BATCH_COLUMNS, *((epoch, 100, epoch, loss, 0.5) for epoch, loss in enumerate(losses, start=1))]
    (run.path / "batches.csv").write_text("".join(",".join(map(str, line)) + "\n" for line in batches))


def test_the_books_network_has_a_hint_with_its_why_and_its_cure(home):
    app = opened(Run(SHIPPED / "book"))
    over_fitting, watched = hinted(app)
    assert "Over-fitting begins after epoch 12" in over_fitting
    assert "watched on the test set" in watched
    assert any("learn its training digits by heart" in each.value for each in app.markdown)
    assert {"Try distorted digits", "Try digits held out"} <= {each.label for each in app.button}


def test_a_cure_is_in_the_form_for_the_next_run(home):
    run = store.create(SLOW, home, state=RUNNING)
    write(run, [2.3, 2.2])
    app = opened(run)
    next(each for each in app.button if each.label == "Try a learning rate of 0.001").click().run()
    turned = {name: app.session_state[form_state.KNOBS].values[name] for name in ("learning_rate", "epochs", "seed")}
    assert turned == {"learning_rate": 0.001, "epochs": 30, "seed": 7}
    rate = next(each for each in app.select_slider if each.label == "Learning rate")
    assert rate.value == 0.001
    assert "Press Train" in app.toast[0].value
    assert not app.exception


def test_a_run_that_trains_is_hinted_at_when_an_epoch_has_shown_it(home):
    run = store.create(SLOW, home, state=RUNNING)
    write(run, [2.3])
    app = opened(run)
    assert hinted(app) == []
    write(run, [2.3, 2.2])
    assert "learning rate is low" in hinted(app.run())[0]


def test_a_run_that_diverged_at_once_is_hinted_at_without_curves(home):
    run = store.create(SLOW, home)
    run.update(state=FAILED, diverged=True, error="The loss became nan in epoch 1.")
    assert "no longer a number" in hinted(opened(run))[0]
