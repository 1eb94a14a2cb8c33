"""The Train page without a browser: the form's knobs, and a run in each of its states."""

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import IMPORTED, ModelConfig, RunConfig, TrainingConfig
from mnist_core.engine.client import Engine
from mnist_core.recipes import RECIPES
from mnist_core.runs import pace, store
from mnist_core.runs.run import BATCH_COLUMNS, EPOCH_COLUMNS, Run
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING
from mnist_core.untrusted.import_report import Findings
from pages._shared.identity import unmasked
from pages._shared.run_summary import images_per_second
from pages._shared.services import engine
from pages._shared.widgets.learning_curves import thinned
from pages._shared.wording import format_duration
from tests.apps import app_of, new_app, open_page
from tests.waiting import wait_for

STEERED_DROPOUT = "Dropout, from the next epoch"


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def opened(run: Run | None = None) -> AppTest:
    app = new_app()
    if run:
        app.query_params["run"] = run.id
    return open_page(app, "train").run()


def text(app: AppTest) -> str:
    elements = [*app.subheader, *app.markdown, *app.caption, *app.text, *app.info, *app.error]
    progress = [element.proto.text for element in app.get("progress")]
    return "\n".join([*(element.value for element in elements), *progress, *(each.label for each in app.expander)])


def labelled(elements, label: str):
    return next(each for each in elements if each.label == label)


def knob(elements, name: str):
    """The widget of the form's knob of this name; its key ends in how often a recipe was chosen."""
    return next(each for each in elements if re.fullmatch(rf"{name}-\d+", each.key or ""))


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def press(app: AppTest, label: str) -> AppTest:
    return button(app, label).click().run()


def imported(home: Path) -> Run:
    findings = Findings(origin="an HDF5 file", pixels="from 0 to 1", answers="logits", normalized=False, right=198)
    numbers = {"test_accuracy": 0.98, "test_loss": 0.07, "correct": 9800, "incorrect": 200}

    def fill(run: Run) -> dict[str, Any]:
        findings.save(run.path)
        run.model_path.touch()
        return {"scores": numbers}

    model = ModelConfig(hidden_units=(), activation="linear", dropout=0.0, imported=True)
    return store.create_finished(RunConfig(name="theirs", recipe=IMPORTED, model=model), home, fill=fill)


def test_a_run_that_was_trained_elsewhere_says_what_it_is_and_claims_no_training(home):
    app = opened(imported(home))
    assert not app.exception
    assert "imported · 784-10" in text(app)
    assert "Trained elsewhere, scored here" in text(app)
    assert "198 of 200" in text(app)
    assert "98.00%" in [metric.value for metric in app.metric]
    assert "Adam" not in app.caption[-1].value
    assert "walk-through's figure" not in text(app)


def labels(app: AppTest) -> set[str]:
    return {each.label for each in app.button}


def new_run(home: Path, **status) -> Run:
    """A run of four epochs that has done two and a half."""
    model = ModelConfig(hidden_units=(16,))
    run = store.create(RunConfig(name="ours", model=model, training=TrainingConfig(epochs=4, batch_size=600)), home)
    rows = [(epoch, step, 10 * epoch + step / 10, 0.5, 0.9) for epoch in (1, 2, 3) for step in (50, 100)][:-1]
    write(run, "batches.csv", BATCH_COLUMNS, rows)
    write(run, "epochs.csv", EPOCH_COLUMNS, [(1, 20, 0.5, 0.8, 0.4, 0.85), (2, 30, 0.4, 0.9, 0.3, 0.91)])
    alive = time.time() + 600  # however long the test takes on a busy machine
    run.update(**{"started_at": time.time(), "heartbeat": alive, "seconds": 35.0} | status)
    return run


def write(run: Run, name: str, columns: tuple, rows: list) -> None:
    lines = [",".join(map(str, row)) + "\n" for row in (columns, *rows)]
    (run.path / name).write_text("".join(lines))


def test_the_form_starts_with_the_books_recipe(home):
    app = opened()
    press(app, "Train")
    run = store.find("network 1", home)
    assert (run.config.recipe, run.config.model) == ("book", RECIPES["book"].model)
    assert run.config.training == RECIPES["book"].training


@pytest.mark.parametrize("name", RECIPES)
def test_choosing_a_recipe_turns_all_knobs(home, name):
    app = opened()
    next(each for each in app.button_group if each.key.startswith("recipe")).set_value(name).run()
    knob(app.number_input, "seed").set_value(7).run()
    assert RECIPES[name].description in text(app)
    press(app, "Train")
    config = store.find("network 1", home).config
    assert config.recipe == name
    assert config.model == RECIPES[name].model
    assert config.training == TrainingConfig(**vars(RECIPES[name].training) | {"seed": 7})


def test_a_knob_turned_makes_it_ones_own(home):
    app = opened()
    knob(app.slider, "label_smoothing").set_value(0.1).run()
    assert "Your own settings" in text(app)
    press(app, "Train")
    config = store.find("network 1", home).config
    assert (config.recipe, config.training.label_smoothing) == ("own", 0.1)


def test_every_knob_arrives_in_the_run(home):
    app = opened()
    knob(app.button_group, "layers").set_value(3).run()
    knob(app.number_input, "units_3").set_value(64)
    for key, value in {
        "activation": "gelu",
        "optimizer": "sgd",
        "schedule": "cosine",
        "validation": "held-out",
    }.items():
        knob(app.button_group, key).set_value(value)
    knob(app.button_group, "precision").set_value("fastest")
    knob(app.toggle, "distortions").set_value(True)
    knob(app.number_input, "patience").set_value(5)
    knob(app.number_input, "handwriting").set_value(20_000)
    knob(app.select_slider, "weight_decay").set_value(0.01)
    app.run()
    press(app, "Train")
    config = store.find("network 1", home).config
    assert (config.model.hidden_units, config.model.activation) == ((512, 512, 64), "gelu")
    training = config.training
    assert (training.optimizer, training.schedule, training.validation) == ("sgd", "cosine", "held-out")
    assert (training.precision, training.distortions, training.patience) == ("fastest", True, 5)
    assert (training.weight_decay, training.handwriting) == (0.01, 20_000)


def test_the_expected_time_follows_the_knobs_and_what_was_measured(home):
    app = opened()
    config = RunConfig(name="x")
    assert f"about {format_duration(pace.expected_seconds(config, home))}" in text(app)
    assert "first guess" in text(app)
    pace.remember(config, home, epochs=20, seconds=1000)
    app.run()
    assert "about 17 min on this machine" in text(app)
    assert "first guess" not in text(app)


def test_validating_on_held_out_digits_says_why(home):
    app = opened()
    assert "makes its score look better than the network is" in text(app)
    knob(app.button_group, "validation").set_value("held-out").run()
    assert "the test set stays fresh for the end" in text(app)


def test_a_third_waiting_run_of_one_person_is_refused_with_the_reason_and_nothing_is_lost(home):
    app = opened()
    for _ in range(3):
        app.text_input(key="name").set_value("mine").run()
        press(app, "Train")
    waiting = [run for run in store.list_runs(home) if not run.shipped]
    assert len(waiting) == 2
    assert app.text_input(key="name").value == "mine"
    assert "two trainings waiting already" in text(app)


def test_a_waiting_run_shows_its_place_and_when_it_starts(home):
    new_run(home, state=RUNNING)
    run = store.create(RunConfig(name="later"), home)
    said = text(opened(run))
    assert "1 before it" in said
    assert "1 in line" in said


def test_whoever_looks_at_a_waiting_run_wakes_the_engine_and_hears_what_keeps_it(home, monkeypatch):
    woken = []
    monkeypatch.setattr(Engine, "ensure_started", lambda lab_engine: woken.append(lab_engine.error))
    engine().error = "The engine did not start."
    run = store.create(RunConfig(name="later"), home)

    def view(run_id: str) -> None:
        from mnist_core import settings
        from mnist_core.runs import store
        from pages._train.run.view import show_run

        show_run(store.find(run_id, settings.home()), wide=True)

    app = app_of(view, run.id).run()
    assert "The engine did not start." in text(app)
    assert woken == [engine().error]


def test_a_running_run_shows_where_it_is_and_what_can_be_asked(home):
    run = new_run(home, state=RUNNING, expected_seconds=50.0)
    app = opened(run)
    assert {"Pause", "Cancel", "÷10", "×10"} <= labels(app)
    assert not app.exception
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Test accuracy"] == "91.00%"
    assert "Epoch 3 of 4 · 35 s of training, 50 s expected · about 21 s left · 6,000 images a second" in text(app)
    press(app, "÷10")
    assert run.control.learning_rate_factor == 0.1
    labelled(app.toggle, "Slow motion").set_value(True).run()
    assert run.control.slow_motion
    labelled(app.slider, STEERED_DROPOUT).set_value(0.5).run()
    assert run.control.dropout == 0.5
    press(app, "Pause")
    assert run.control.pause
    press(app, "Cancel")
    assert run.control.cancel


def test_what_another_browser_asks_shows_here_too(home):
    run = new_run(home, state=RUNNING)
    app = opened(run)
    run.ask(dropout=0.7, slow_motion=True, learning_rate_factor=2.0)
    app.run()
    assert labelled(app.slider, STEERED_DROPOUT).value == 0.7
    assert labelled(app.toggle, "Slow motion").value
    assert "**0.002**, 2 × planned" in text(app)


def test_what_one_asks_and_what_others_ask_then_shows_in_the_same_place(home):
    run = new_run(home, state=RUNNING)
    app = opened(run)
    labelled(app.slider, STEERED_DROPOUT).set_value(0.5).run()
    key = labelled(app.slider, STEERED_DROPOUT).key
    assert app.run().slider(key=key).value == 0.5  # still the same slider, under one's finger
    run.ask(dropout=0.1)
    assert labelled(app.run().slider, STEERED_DROPOUT).value == 0.1
    labelled(app.slider, STEERED_DROPOUT).set_value(0.3).run()
    assert run.control.dropout == 0.3


def test_the_line_says_whose_turn_is_next_and_each_name_opens_its_run(home):
    new_run(home, state=RUNNING)
    app = opened()
    press(app, "Train")
    others = [store.create(RunConfig(name=f"other {number}", person="other"), home) for number in range(3)]
    app.run()
    assert "4 in line: network 2, other 0, other 1 … · yours: number 1" in text(app)
    assert {"ours \\(training\\)", "1\\. network 2", "4\\. other 2"} <= labels(app)
    press(app, "4\\. other 2")
    assert app.query_params["run"] == others[2].id
    wait_for(lambda: "4 before it" in text(app.run()))  # the line is as it was within the last half second


def test_runs_of_the_same_name_can_be_told_apart_in_the_choice(home):
    first, second = (new_run(home, state=RUNNING) for _ in range(2))
    app = opened()
    choice = labelled(app.selectbox, "Run")
    assert [option for option in choice.options if "ours" in option] == ["ours · training (2)", "ours · training"]
    choice.set_value(first.id).run()
    assert app.query_params["run"] == first.id
    labelled(app.selectbox, "Run").set_value(second.id).run()
    assert app.query_params["run"] == second.id


def test_a_cancelled_run_that_never_began_says_so_and_can_be_started(home):
    run = store.create(RunConfig(name="never begun"), home)
    run.cancel()
    app = opened(run)
    assert "It had not learned anything yet" in text(app)
    press(app, "Start it again")
    assert run.status.state == QUEUED


def test_slow_motion_shows_single_batches_by_their_number(home):
    run = new_run(home, state=RUNNING)
    run.ask(slow_motion=True)
    assert "Epoch 3 of 4 · batch 50 of 100" in text(opened(run))


def test_a_paused_run_can_be_resumed(home):
    run = new_run(home, state=PAUSED)
    run.ask(pause=True)
    app = opened(run)
    assert "It holds still" in text(app)
    press(app, "Resume")
    assert not run.control.pause
    assert run.status.state == PAUSED  # its trainer sees it and goes on


def test_a_parked_run_goes_in_line_again(home):
    run = new_run(home, state=PAUSED, heartbeat=None)
    run.ask(pause=True)
    app = opened(run)
    assert "place was given to others" in text(app)
    press(app, "Resume")
    assert run.status.state == QUEUED


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ({"state": FAILED, "error": "The loss became nan."}, "The loss became nan."),
        ({"state": CANCELLED}, "It had not learned anything yet"),
        ({"state": RUNNING, "heartbeat": 1.0}, "Whoever trained it is gone"),
    ],
    ids=[FAILED, CANCELLED, INTERRUPTED],
)
def test_a_run_that_ended_early_says_why_and_can_go_on(home, status, told):
    run = new_run(home, **status)
    (run.path / "resume").mkdir()
    (run.path / "resume" / "epoch-002+0010.keras").touch()
    app = opened(run)
    assert told in text(app)
    press(app, "Continue after epoch 2")
    assert run.status.state == QUEUED


def test_a_finished_run_says_what_it_took_beside_what_was_expected(home):
    scores = {"test_accuracy": 0.97, "test_loss": 0.1, "correct": 9700, "incorrect": 300}
    run = new_run(home, state=FINISHED, scores=scores, expected_seconds=50.0)
    said = text(opened(run))
    assert "35 s of training, 50 s expected" in said
    assert "Stopped early after 2 epochs" in said


def columns(rows: int) -> dict[str, np.ndarray]:
    place = np.arange(1.0, rows + 1)
    return {"epoch": np.ones(rows), "step": place, "seconds": place / 10, "loss": place, "accuracy": np.ones(rows)}


def test_a_long_curve_is_thinned_and_its_points_stay_where_they_are():
    assert thinned(columns(600), at_most=600)["step"].tolist() == columns(600)["step"].tolist()
    before, after = thinned(columns(5001), at_most=600), thinned(columns(5017), at_most=600)
    assert len(before["step"]) <= 600
    assert before["step"][:-1].tolist() == after["step"][: len(before["step"]) - 1].tolist()
    assert after["step"][-1] == 5017
    assert after["loss"][0] == np.mean(columns(5017)["loss"][:16])


def test_the_speed_is_that_of_the_last_two_seconds():
    batches = columns(100) | {"seconds": np.r_[np.arange(50.0), 50 + np.arange(50) / 10]}
    config = RunConfig(name="x", training=TrainingConfig(batch_size=100))
    assert images_per_second(config, batches) == pytest.approx(1000)
    assert images_per_second(config, columns(1)) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.2, "1 s"),
        (59.4, "59 s"),
        (100, "1 min 40 s"),
        (120, "2 min"),
        (1000, "17 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds, words):
    assert format_duration(seconds) == words


def test_a_browser_is_known_again_by_its_cookie():
    masked = "2|0f0f0f0f|2e2d2c2b|1795400000"
    other_mask = "2|00000000|21222324|1795400009"
    assert unmasked(masked) == unmasked(other_mask) == bytes.fromhex("21222324")
    for nonsense in ("", "2|zz|zz|1", "a|b", "2|||3"):
        assert unmasked(nonsense) == b""
