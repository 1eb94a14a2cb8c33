"""Tests of the Train page's tab Runs without a browser."""

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import ModelConfig, RunConfig
from mnist_core.errors import RunError
from mnist_core.evaluation.scores import Scores
from mnist_core.runs import store
from mnist_core.runs.run import Run
from mnist_core.runs.status import FAILED, FINISHED, RUNNING
from tests.apps import new_app, open_page

SCORES = vars(Scores(test_loss=0.1, test_accuracy=0.97, correct=9_700, incorrect=300))
HEADER = "epoch,seconds,loss,accuracy,val_loss,val_accuracy\n"


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def finished(home: Path, name: str, **config) -> Run:
    values = {"model": ModelConfig(hidden_units=(32,))} | config
    run = store.create(RunConfig(name=name, **values), home)
    run.model_path.write_bytes(b"a network")
    (run.path / "epochs.csv").write_text(f"{HEADER}1,1.0,0.5,0.8,0.4,0.82\n2,2.0,0.3,0.9,0.3,0.88\n")
    run.update(state=FINISHED, seconds=2.0, scores=SCORES)
    return run


def opened(**query: str) -> AppTest:
    app = new_app()
    for key, value in {"tab": "runs", **query}.items():
        app.query_params[key] = value
    return open_page(app, "train").run()


def text(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.caption, *app.info, *app.error, *app.subheader])


def labels(app: AppTest) -> set[str]:
    return {each.label for each in [*app.button, *app.get("download_button")]}


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def table(app: AppTest):
    return app.dataframe[0].value


def test_the_table_shows_all_runs_with_their_settings_and_scores(home):
    finished(home, "mine", nickname="Ada")
    store.create(RunConfig(name="broken"), home).update(state=FAILED, error="No luck.")
    rows = table(opened()).set_index("Name")
    assert sorted(rows.index[:2]) == ["broken", "mine"]  # created in the same second
    assert list(rows.index[2:]) == ["world", "book"]
    mine = rows.loc["mine"]
    assert (mine["Who"], mine["Recipe"], mine["State"]) == ("Ada", "own", "finished")
    assert (mine["Parameters"], mine["Epochs"], mine["Seconds"], mine["Errors"]) == (25_450, 2, 2.0, 300)
    assert (mine["Test loss"], mine["Test accuracy"]) == (0.1, 97.0)
    assert rows.loc["broken", "State"] == "failed"
    assert rows.loc["book", "Who"] == "the app"


def test_a_selected_run_stays_selected_while_a_search_hides_it(home):
    run = finished(home, "mine")
    app = opened(runs=f"{run.id},book", search="mine")
    assert table(app)["Name"].tolist() == ["mine"]
    assert app.query_params["runs"] == f"{run.id},book"


def test_the_search_matches_name_person_recipe_and_state(home):
    finished(home, "mine", nickname="Ada")
    app = opened(search="ada FINISHED")
    assert table(app)["Name"].tolist() == ["mine"]
    app.text_input(key="search").set_value("book").run()
    assert table(app)["Name"].tolist() == ["book"]
    app.text_input(key="search").set_value("nobody").run()
    assert not app.dataframe
    assert "None of the 3 runs" in text(app)
    assert not app.exception


def test_runs_in_the_url_are_selected_and_deleted_ones_removed_from_it(home):
    run = finished(home, "mine")
    app = opened(runs=f"{run.id},gone,book")
    assert app.query_params["runs"] == f"{run.id},book"
    assert len(app.get("vega_lite_chart")) == 2
    assert "Rename" not in labels(app)


def test_a_selected_run_without_curves_is_named_in_a_message(home):
    app = opened(runs=store.create(RunConfig(name="waits"), home).id)
    assert "Without curves: waits" in text(app)
    assert "Download as zip" not in labels(app)


def test_the_owner_renames_a_run_and_only_its_name_changes(home):
    run = finished(home, "mine")
    before = json.loads((run.path / "config.json").read_text())
    app = opened(runs=run.id)
    app.text_input(key=f"rename-{run.id}-mine").set_value("ours").run()
    button(app, "Rename").click().run()
    assert "ours" in table(app)["Name"].tolist()
    assert app.subheader[-1].value == "ours"
    assert json.loads((run.path / "config.json").read_text()) == before | {"name": "ours"}


@pytest.mark.parametrize(("name", "reason"), [("book", "came with the app"), ("  ", "1 to 60 characters")])
def test_renaming_a_run_to_an_invalid_name_shows_an_error(home, name, reason):
    run = finished(home, "mine")
    app = opened(runs=run.id)
    app.text_input(key=f"rename-{run.id}-mine").set_value(name).run()
    button(app, "Rename").click().run()
    assert reason in app.error[0].value
    assert run.read_config().name == "mine"


def test_the_owner_deletes_a_run_and_visitors_who_had_selected_it_see_a_message(home):
    run = finished(home, "mine")
    app = opened(runs=run.id, model=run.id)
    button(app, "Delete it for good").click().run()
    assert not run.path.exists()
    assert not list(home.glob(".deleted*"))
    assert table(app)["Name"].tolist() == ["world", "book"]
    assert not app.exception
    assert "is gone" in opened(model=run.id).toast[0].value


def test_deleting_a_running_run_shows_an_error(home):
    run = store.create(RunConfig(name="busy"), home, state=RUNNING)
    run.update(heartbeat=time.time() + 1_000)
    app = opened(runs=run.id)
    button(app, "Delete it for good").click().run()
    assert "Cancel it first" in app.error[0].value
    assert run.path.exists()


def test_runs_of_others_and_shipped_runs_cannot_be_renamed_or_deleted(home):
    theirs = finished(home, "theirs", person="somebody")
    for run_id, reason in ((theirs.id, "Somebody else's"), ("book", "came with the app")):
        app = opened(runs=run_id)
        assert reason in text(app)
        assert not {"Rename", "Delete it for good"} & labels(app)
        assert "Download as zip" in labels(app)
    with pytest.raises(RunError, match="came with the app"):
        store.find("book", home).delete()


def test_a_selected_run_opens_on_the_first_tab(home):
    run = finished(home, "mine")
    app = opened(runs=run.id)
    button(app, "Look at it").click().run()
    assert (app.session_state["run"], app.session_state["train_tab"]) == (run.id, "Train a network")


def test_a_run_with_damaged_curves_does_not_affect_other_runs(home):
    run = finished(home, "damaged")
    (run.path / "epochs.csv").write_text(f"{HEADER}one,two,3,4,5,6\n")
    finished(home, "sound")
    app = opened(runs=f"{run.id},book", run="book")
    assert not app.exception
    assert not app.error
    assert dict(zip(table(app)["Name"], table(app)["Epochs"], strict=True))["sound"] == 2
    assert "Without curves: damaged" in text(app)


def test_an_imported_run_is_marked_in_the_table(home):
    run = finished(home, "theirs", from_archive=True)
    app = opened(runs=run.id)
    assert table(app)["Recipe"].tolist()[0] == "own, imported"
    assert "what the other lab wrote" in text(app)
