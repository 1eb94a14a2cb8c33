"""Tests of the Train page without a browser: the training form, and a run in each of its states."""

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import IMPORTED, ModelConfig, RunConfig, TrainingConfig
from mnist_core.engine.client import EngineClient
from mnist_core.recipes import RECIPES
from mnist_core.runs import pace, scan, store
from mnist_core.runs.run import BATCH_COLUMNS, EPOCH_COLUMNS, Run
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING
from mnist_core.untrusted.import_report import ImportReport
from pages._shared.run_summary import images_per_second
from pages._shared.services import engine
from pages._shared.widgets.learning_curves import downsample
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


def form_field(elements, name: str):
    """The form's widget for the field ``name``; its key ends in the number of times that a recipe was chosen."""
    return next(each for each in elements if re.fullmatch(rf"{name}-\d+", each.key or ""))


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def press(app: AppTest, label: str) -> AppTest:
    return button(app, label).click().run()


def imported(home: Path) -> Run:
    report = ImportReport(origin="an HDF5 file", pixels="from 0 to 1", answers="logits", normalized=False, right=198)
    scores = {"test_accuracy": 0.98, "test_loss": 0.07, "correct": 9800, "incorrect": 200}

    def fill(run: Run) -> dict[str, Any]:
        report.save(run.path)
        run.model_path.touch()
        return {"scores": scores}

    model = ModelConfig(hidden_units=(), activation="linear", dropout=0.0, imported=True)
    return store.create_finished(RunConfig(name="theirs", recipe=IMPORTED, model=model), home, fill=fill)


def test_an_imported_network_shows_its_origin_and_no_training_settings(home):
    app = opened(imported(home))
    assert not app.exception
    assert "imported · 784-10" in text(app)
    assert "Trained elsewhere, scored here" in text(app)
    assert "198 of 200" in text(app)
    assert "98.00%" in [metric.value for metric in app.metric]
    assert "Adam" not in app.caption[-1].value
    assert "walk-through's figure" not in text(app)


def test_the_scores_of_a_shipped_run_are_shown_with_whole_numbers_of_digits(home):
    metrics = {metric.label: metric.value for metric in opened(store.find("book", home)).metric}
    assert metrics == {"Test accuracy": "98.24%", "Test loss": "0.0865", "Right": "9,824", "Wrong": "176"}


def labels(app: AppTest) -> set[str]:
    return {each.label for each in app.button}


def new_run(home: Path, **status) -> Run:
    """Create a run of four epochs that has completed two and a half."""
    model = ModelConfig(hidden_units=(16,))
    run = store.create(RunConfig(name="ours", model=model, training=TrainingConfig(epochs=4, batch_size=600)), home)
    rows = [(epoch, step, 10 * epoch + step / 10, 0.5, 0.9) for epoch in (1, 2, 3) for step in (50, 100)][:-1]
    write(run, "batches.csv", BATCH_COLUMNS, rows)
    write(run, "epochs.csv", EPOCH_COLUMNS, [(1, 20, 0.5, 0.8, 0.4, 0.85), (2, 30, 0.4, 0.9, 0.3, 0.91)])
    heartbeat = time.time() + 600  # in the future, as the test may be slow
    run.update(**{"started_at": time.time(), "heartbeat": heartbeat, "seconds": 35.0} | status)
    return run


def write(run: Run, name: str, columns: tuple, rows: list) -> None:
    lines = [",".join(map(str, row)) + "\n" for row in (columns, *rows)]
    (run.path / name).write_text("".join(lines))


def test_the_form_starts_with_the_book_recipe(home):
    app = opened()
    press(app, "Train")
    run = store.find("network 1", home)
    assert (run.read_config().recipe, run.read_config().model) == ("book", RECIPES["book"].model)
    assert run.read_config().training == RECIPES["book"].training


@pytest.mark.parametrize("name", RECIPES)
def test_choosing_a_recipe_sets_all_fields(home, name):
    app = opened()
    next(each for each in app.button_group if each.key.startswith("recipe")).set_value(name).run()
    form_field(app.number_input, "seed").set_value(7).run()
    assert RECIPES[name].description in text(app)
    press(app, "Train")
    config = store.find("network 1", home).read_config()
    assert config.recipe == name
    assert config.model == RECIPES[name].model
    assert config.training == TrainingConfig(**vars(RECIPES[name].training) | {"seed": 7})


def test_changing_a_field_makes_the_recipe_own(home):
    app = opened()
    form_field(app.slider, "label_smoothing").set_value(0.1).run()
    assert "Your own settings" in text(app)
    press(app, "Train")
    config = store.find("network 1", home).read_config()
    assert (config.recipe, config.training.label_smoothing) == ("own", 0.1)


def test_every_field_is_saved_in_the_runs_config(home):
    app = opened()
    form_field(app.button_group, "layers").set_value(3).run()
    form_field(app.number_input, "units_3").set_value(64)
    for key, value in {
        "activation": "gelu",
        "optimizer": "sgd",
        "schedule": "cosine",
        "validation": "held-out",
    }.items():
        form_field(app.button_group, key).set_value(value)
    form_field(app.button_group, "precision").set_value("fastest")
    form_field(app.toggle, "distortions").set_value(True)
    form_field(app.number_input, "patience").set_value(5)
    form_field(app.number_input, "handwriting").set_value(20_000)
    form_field(app.select_slider, "weight_decay").set_value(0.01)
    app.run()
    press(app, "Train")
    config = store.find("network 1", home).read_config()
    assert (config.model.hidden_units, config.model.activation) == ((512, 512, 64), "gelu")
    training = config.training
    assert (training.optimizer, training.schedule, training.validation) == ("sgd", "cosine", "held-out")
    assert (training.precision, training.distortions, training.patience) == ("fastest", True, 5)
    assert (training.weight_decay, training.handwriting) == (0.01, 20_000)


def test_the_expected_time_is_a_guess_until_a_training_was_measured(home):
    app = opened()
    config = RunConfig(name="x")
    assert f"about {format_duration(pace.expected_seconds(config, home))}" in text(app)
    assert "first guess" in text(app)
    pace.record(config, home, epochs=20, seconds=1000)
    app.run()
    assert "about 17 min on this machine" in text(app)
    assert "first guess" not in text(app)


def test_the_form_explains_the_choice_of_the_validation_set(home):
    app = opened()
    assert "makes its score look better than the network is" in text(app)
    form_field(app.button_group, "validation").set_value("held-out").run()
    assert "the test set stays fresh for the end" in text(app)


def test_a_third_queued_run_of_one_person_shows_an_error_and_the_form_keeps_its_values(home):
    app = opened()
    for _ in range(3):
        app.text_input(key="name").set_value("mine").run()
        press(app, "Train")
    waiting = [listed.run for listed in scan.scan(home).own]
    assert len(waiting) == 2
    assert app.text_input(key="name").value == "mine"
    assert "two trainings waiting already" in text(app)


def test_a_queued_run_shows_its_position_in_the_queue(home):
    new_run(home, state=RUNNING)
    run = store.create(RunConfig(name="later"), home)
    shown = text(opened(run))
    assert "1 before it" in shown
    assert "1 in line" in shown


def test_viewing_a_queued_run_starts_the_engine_and_shows_its_error(home, monkeypatch):
    started = []
    monkeypatch.setattr(EngineClient, "ensure_started", lambda lab_engine: started.append(lab_engine.error))
    engine().error = "The engine did not start."
    run = store.create(RunConfig(name="later"), home)

    def view(run_id: str) -> None:
        from mnist_core import settings
        from mnist_core.runs import store
        from pages._train.run.view import show_run

        show_run(store.find(run_id, settings.home()), wide=True)

    app = app_of(view, run.id).run()
    assert "The engine did not start." in text(app)
    assert started == [engine().error]


def test_a_running_run_shows_its_progress_and_its_controls_change_control_json(home):
    run = new_run(home, state=RUNNING, expected_seconds=50.0)
    app = opened(run)
    assert {"Pause", "Cancel", "÷10", "×10"} <= labels(app)
    assert not app.exception
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Test accuracy"] == "91.00%"
    assert "Epoch 3 of 4 · 35 s of training, 50 s expected · about 21 s left · 6,000 images a second" in text(app)
    press(app, "÷10")
    assert run.read_control().learning_rate_factor == 0.1
    labelled(app.toggle, "Slow motion").set_value(True).run()
    assert run.read_control().slow_motion
    labelled(app.slider, STEERED_DROPOUT).set_value(0.5).run()
    assert run.read_control().dropout == 0.5
    press(app, "Pause")
    assert run.read_control().pause
    press(app, "Cancel")
    assert run.read_control().cancel


def test_controls_changed_in_another_browser_are_shown(home):
    run = new_run(home, state=RUNNING)
    app = opened(run)
    run.update_control(dropout=0.7, slow_motion=True, learning_rate_factor=2.0)
    app.run()
    assert labelled(app.slider, STEERED_DROPOUT).value == 0.7
    assert labelled(app.toggle, "Slow motion").value
    assert "**0.002**, 2 × planned" in text(app)


def test_a_slider_keeps_the_own_value_until_another_browser_changes_it(home):
    run = new_run(home, state=RUNNING)
    app = opened(run)
    labelled(app.slider, STEERED_DROPOUT).set_value(0.5).run()
    key = labelled(app.slider, STEERED_DROPOUT).key
    assert app.run().slider(key=key).value == 0.5  # the same widget, as its key has not changed
    run.update_control(dropout=0.1)
    assert labelled(app.run().slider, STEERED_DROPOUT).value == 0.1
    labelled(app.slider, STEERED_DROPOUT).set_value(0.3).run()
    assert run.read_control().dropout == 0.3


def test_the_queue_lists_the_runs_in_order_and_each_name_opens_its_run(home):
    new_run(home, state=RUNNING)
    app = opened()
    press(app, "Train")
    others = [store.create(RunConfig(name=f"other {number}", person="other"), home) for number in range(3)]
    app.run()
    assert "4 in line: network 2, other 0, other 1 … · yours: number 1" in text(app)
    assert {"ours \\(training\\)", "1\\. network 2", "4\\. other 2"} <= labels(app)
    press(app, "4\\. other 2")
    assert app.query_params["run"] == others[2].id
    wait_for(lambda: "4 before it" in text(app.run()))  # the queue is cached for half a second


def test_runs_with_the_same_name_are_numbered_in_the_select_box(home):
    first, second = (new_run(home, state=RUNNING) for _ in range(2))
    app = opened()
    choice = labelled(app.selectbox, "Run")
    assert [option for option in choice.options if "ours" in option] == ["ours · training (2)", "ours · training"]
    choice.set_value(first.id).run()
    assert app.query_params["run"] == first.id
    labelled(app.selectbox, "Run").set_value(second.id).run()
    assert app.query_params["run"] == second.id


def test_a_run_cancelled_in_the_queue_can_be_started_again(home):
    run = store.create(RunConfig(name="never begun"), home)
    run.cancel()
    app = opened(run)
    assert "It had not learned anything yet" in text(app)
    press(app, "Start it again")
    assert run.read_status().state == QUEUED


def test_slow_motion_shows_the_number_of_the_batch(home):
    run = new_run(home, state=RUNNING)
    run.update_control(slow_motion=True)
    assert "Epoch 3 of 4 · batch 50 of 100" in text(opened(run))


def test_a_paused_run_can_be_resumed(home):
    run = new_run(home, state=PAUSED)
    run.update_control(pause=True)
    app = opened(run)
    assert "It holds still" in text(app)
    press(app, "Resume")
    assert not run.read_control().pause
    assert run.read_status().state == PAUSED  # the worker sees the change and continues


def test_resuming_a_suspended_run_queues_it_again(home):
    run = new_run(home, state=PAUSED, heartbeat=None)
    run.update_control(pause=True)
    app = opened(run)
    assert "place was given to others" in text(app)
    press(app, "Resume")
    assert run.read_status().state == QUEUED


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ({"state": FAILED, "error": "The loss became nan."}, "The loss became nan."),
        ({"state": CANCELLED}, "It had not learned anything yet"),
        ({"state": RUNNING, "heartbeat": 1.0}, "Whoever trained it is gone"),
    ],
    ids=[FAILED, CANCELLED, INTERRUPTED],
)
def test_a_run_that_ended_early_shows_the_reason_and_can_be_continued(home, status, message):
    run = new_run(home, **status)
    (run.path / "resume").mkdir()
    (run.path / "resume" / "epoch-002+0010.keras").touch()
    app = opened(run)
    assert message in text(app)
    press(app, "Continue after epoch 2")
    assert run.read_status().state == QUEUED


def test_a_finished_run_shows_the_actual_and_the_expected_time(home):
    scores = {"test_accuracy": 0.97, "test_loss": 0.1, "correct": 9700, "incorrect": 300}
    run = new_run(home, state=FINISHED, scores=scores, expected_seconds=50.0)
    shown = text(opened(run))
    assert "35 s of training, 50 s expected" in shown
    assert "Stopped early after 2 epochs" in shown


def columns(rows: int) -> dict[str, np.ndarray]:
    steps = np.arange(1.0, rows + 1)
    return {"epoch": np.ones(rows), "step": steps, "seconds": steps / 10, "loss": steps, "accuracy": np.ones(rows)}


def test_a_long_curve_is_thinned_and_its_earlier_points_do_not_change():
    assert downsample(columns(600), max_points=600)["step"].tolist() == columns(600)["step"].tolist()
    before, after = downsample(columns(5001), max_points=600), downsample(columns(5017), max_points=600)
    assert len(before["step"]) <= 600
    assert before["step"][:-1].tolist() == after["step"][: len(before["step"]) - 1].tolist()
    assert after["step"][-1] == 5017
    assert after["loss"][0] == np.mean(columns(5017)["loss"][:16])


def test_the_speed_is_measured_over_the_last_two_seconds():
    batches = columns(100) | {"seconds": np.r_[np.arange(50.0), 50 + np.arange(50) / 10]}
    config = RunConfig(name="x", training=TrainingConfig(batch_size=100))
    assert images_per_second(config, batches) == pytest.approx(1000)
    assert images_per_second(config, columns(1)) is None


@pytest.mark.parametrize(
    ("seconds", "formatted"),
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
def test_durations_are_formatted_in_seconds_minutes_and_hours(seconds, formatted):
    assert format_duration(seconds) == formatted


def test_one_click_starts_one_training_even_if_its_callback_runs_twice(home):
    def script() -> None:
        import streamlit as st

        from mnist_core.config import RunConfig
        from pages._shared.selected_run import train_callback

        start = train_callback(lambda: RunConfig(name="once"))

        def start_twice() -> None:
            start()
            start()

        st.button("Train", on_click=start_twice)

    app = app_of(script).run()
    for expected in (1, 2):
        app.button[0].click().run()
        assert not app.exception
        assert [listed.config.name for listed in scan.scan(home).own].count("once") == expected
