"""Tests of the Train page's tab Experiments without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.engine import queue
from mnist_core.evaluation.scores import Scores
from mnist_core.runs import store
from mnist_core.runs.prepared_experiments import EXPERIMENTS
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FINISHED
from pages._train.curve_comparison import epoch_table
from tests.apps import new_app, open_page

SCALING = EXPERIMENTS["scaling"]
HEADER = "epoch,seconds,loss,accuracy,val_loss,val_accuracy\n"


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def opened(experiment: str) -> AppTest:
    app = new_app()
    app.query_params["tab"] = "experiments"
    app.query_params["experiment"] = experiment
    return open_page(app, "train").run()


def text(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.markdown, *app.info, *app.success, *app.warning, *app.subheader])


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def finished_runs(home: Path, accuracies: list[float]) -> list[Run]:
    """Create the finished runs of SCALING, with these final accuracies."""
    runs = [store.create(config, home) for config in SCALING.configs()]
    for run, accuracy in zip(runs, accuracies, strict=True):
        (run.path / "epochs.csv").write_text(f"{HEADER}1,1,0.5,0.8,0.4,{accuracy}\n")
        scores = Scores(test_accuracy=accuracy, test_loss=0.4, correct=round(1e4 * accuracy), incorrect=0)
        run.update(state=FINISHED, seconds=1.5, scores=vars(scores))
    return runs


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=lambda experiment: experiment.id)
def test_each_experiment_is_described_before_it_has_run(home, experiment):
    app = opened(experiment.id)
    assert not app.exception
    assert app.subheader[-1].value == experiment.question
    assert experiment.reading in text(app)
    assert experiment.expected in text(app)
    assert "Nobody has run it" in text(app)


def test_one_click_queues_all_runs_of_an_experiment(home):
    app = opened("scaling")
    button(app, "Run this experiment").click().run()
    assert [each.config.name for each in queue.waiting(home)] == [
        "Scaling on and off: 0 to 1",
        "Scaling on and off: 0 to 255",
    ]
    assert button(app, "Run it again").disabled
    assert "Comes when the last training has ended" in text(app)


def test_one_person_can_queue_two_experiments(home):
    for experiment in ("scaling", "rate"):
        button(opened(experiment), "Run this experiment").click().run()
    assert len(queue.waiting(home)) == 5


def test_a_finished_experiment_shows_the_measured_and_the_expected_result(home):
    finished_runs(home, [0.946, 0.109])
    app = opened("scaling")
    assert "**Measured.** It reads 94.6% of new digits with pixels from 0 to 1, and 10.9% with 0 to 255." in text(app)
    assert app.success
    assert not button(app, "Run it again").disabled
    table = app.dataframe[0].value
    assert table["New digits"].tolist() == ["94.60%", "10.90%"]


def test_an_unexpected_result_is_called_not_as_expected(home):
    finished_runs(home, [0.946, 0.93])
    assert "not as expected" in text(opened("scaling"))


def test_an_experiment_with_a_cancelled_run_has_no_comparison(home):
    finished_runs(home, [0.946, 0.1])[1].update(state=CANCELLED)
    assert "Nothing to compare: 0 to 255 did not end" in text(opened("scaling"))


def test_a_damaged_history_of_one_run_is_named_and_the_other_runs_are_shown(home):
    _, second = finished_runs(home, [0.946, 0.109])
    (second.path / "epochs.csv").write_text(f"{HEADER}1,1,x,0.8,0.4,0.1\n")
    app = opened("scaling")
    assert not app.exception
    assert not app.error
    assert "epochs.csv is damaged" in text(app)
    assert "Nothing to compare: 0 to 255 did not end" in text(app)
    assert app.dataframe[0].value["New digits"].tolist() == ["94.60%"]


def test_a_run_of_an_experiment_opens_on_the_first_tab(home):
    first, _ = finished_runs(home, [0.946, 0.1])
    app = opened("scaling")
    button(app, "Look at 0 to 1").click().run()
    assert app.session_state["train_tab"] == "Train a network"
    assert app.session_state["run"] == first.id


def test_an_unknown_experiment_in_the_url_selects_the_first_one(home):
    app = opened("nonsense")
    assert not app.exception
    assert app.subheader[-1].value == EXPERIMENTS["activation"].question


def test_the_curves_of_several_runs_are_in_one_table_with_their_names(home):
    first, second = finished_runs(home, [0.9, 0.1])
    rows = epoch_table({"a": first.listed(), "b": second.listed()}, training=True)
    assert rows[["run", "of", "accuracy"]].to_numpy().tolist() == [
        ["a", "new digits", 0.9],
        ["a", "training digits", 0.8],
        ["b", "new digits", 0.1],
        ["b", "training digits", 0.8],
    ]
