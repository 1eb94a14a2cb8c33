"""Tests of the Train page's tabs Inside and One step by hand, without a browser."""

import re
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import ACTIVATIONS, ModelConfig, RunConfig, TrainingConfig
from mnist_core.digits import mnist
from mnist_core.runs import backprop
from mnist_core.runs.run import SHIPPED, Run
from mnist_core.runs.snapshot import read_snapshot
from mnist_core.runs.status import RUNNING
from pages._train.step_by_hand.traced_weight import factor, tex
from tests.apps import app_of, new_app, open_page
from tests.snapshots import run_with_snapshots, save_snapshot

BOOK = Run(SHIPPED / "book")
INSIDE, BY_HAND = "Inside", "One step by hand"


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def train_page(run: Run, tab: str) -> AppTest:
    app = new_app()
    app.query_params["run"] = run.id
    app.session_state["train_tab"] = tab
    return open_page(app, "train").run()


def opened(run: Run, tab: str) -> AppTest:
    """Run the tab without the rest of the page."""

    def show(path: str, tab: str) -> None:
        from pathlib import Path

        from mnist_core.runs.run import Run
        from pages._train.step_by_hand.tab import show_step_by_hand
        from pages._train.weights import show_weights_tab

        {"Inside": show_weights_tab, "One step by hand": show_step_by_hand}[tab](Run(Path(path)))

    app = app_of(show, str(run.path), tab).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    elements = [*app.subheader, *app.markdown, *app.caption, *app.info, *app.error, *app.latex]
    return "\n".join([*(element.value for element in elements), *(each.proto.body for each in app.get("html"))])


def labelled(elements, label: str):
    return next(each for each in elements if each.label.startswith(label))


def small(home: Path, epochs: list[int], *, training: dict | None = None, status: dict | None = None, **model) -> Run:
    config = RunConfig(
        name="small",
        model=ModelConfig(**{"hidden_units": (16, 12)} | model),
        training=TrainingConfig(**{"epochs": 9} | (training or {})),
    )
    return run_with_snapshots(home, config, epochs, **(status or {}))


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_a_tab_of_the_train_page_is_drawn_only_when_it_is_selected(home):
    units, steps = "What the first layer's units look for", "1 · What comes in"
    shown = {tab: text(train_page(BOOK, tab)) for tab in ("Train a network", INSIDE, BY_HAND)}
    assert [tab for tab, content in shown.items() if units in content] == [INSIDE]
    assert [tab for tab, content in shown.items() if steps in content] == [BY_HAND]


def test_inside_shows_the_units_with_the_largest_weights_first_and_can_sort_by_number(home):
    app = opened(BOOK, INSIDE)
    kernel = read_snapshot(BOOK, 20).layers[0].kernel
    strongest = np.argsort(-np.linalg.norm(kernel, axis=0), kind="stable")
    units = re.findall(r'alt="Unit (\d+)', text(app))
    assert units[:5] == [str(unit) for unit in strongest[:5]]
    labelled(app.segmented_control, "Order").set_value("By number").run()
    app.pagination[0].set_value(2).run()
    assert re.findall(r'alt="Unit (\d+)', text(app))[:2] == ["40", "41"]


def test_selecting_another_epoch_shows_other_weights(home):
    app = opened(BOOK, INSIDE)
    slider = labelled(app.select_slider, "After epoch")
    assert slider.value == 20
    last = text(app)
    slider.set_value(1).run()
    assert not app.exception
    assert text(app) != last


def test_dead_units_are_counted_and_marked(home):
    run = small(home, [1, 2])
    bias = np.zeros(16)
    bias[4] = -1000
    save_snapshot(run, 2, hidden_1__bias=bias)
    app = opened(run, INSIDE)
    assert metrics(app)["Hidden layer 1"] == "1 of 16"
    assert re.findall(r'alt="Unit (\d+)\ndead', text(app)) == ["4"]


def test_a_run_with_one_snapshot_has_no_epoch_slider(home):
    app = opened(small(home, [1]), INSIDE)
    assert "That takes two snapshots" in text(app)
    assert not app.select_slider


@pytest.mark.parametrize("tab", [INSIDE, BY_HAND])
def test_a_run_without_snapshots_shows_a_message(home, tab):
    assert "kept no snapshots" in text(opened(small(home, []), tab))


@pytest.mark.parametrize("tab", [INSIDE, BY_HAND])
def test_a_new_snapshot_of_a_running_run_is_shown(home, tab):
    status = {"state": RUNNING, "started_at": time.time(), "heartbeat": time.time() + 1000}
    run = small(home, [], status=status)
    app = opened(run, tab)
    assert "The first comes at the end of its first epoch" in text(app)
    save_snapshot(run, 1)
    assert "After epoch 1, the only snapshot so far" in text(app.run())
    save_snapshot(run, 2)
    app.run()
    assert labelled(app.select_slider, "After epoch").value == 2


@pytest.mark.parametrize("tab", [INSIDE, BY_HAND])
def test_a_damaged_snapshot_shows_an_error(home, tab):
    run = small(home, [1])
    run.snapshots()[1].write_bytes(b"nonsense")
    app = opened(run, tab)
    assert "epoch-01.npz" in app.error[0].value


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_one_step_by_hand_works_with_each_activation(home, activation):
    app = opened(small(home, [1, 2], activation=activation, scaling=activation != "tanh"), BY_HAND)
    assert not app.error
    assert "9 · All weights at once" in text(app)
    for layer in (1, 2):
        labelled(app.segmented_control, "Layer").set_value(layer).run()
        assert not app.exception
        assert not app.error


def test_one_step_by_hand_shows_the_numbers_of_the_network(home):
    app = opened(BOOK, BY_HAND)
    snapshot, train = read_snapshot(BOOK, 20), mnist.load().train
    (index,) = backprop.least_confident(snapshot, train.images[:2000], count=1)
    assert f"Training digit {index}" in text(app)
    result = backprop.forward(snapshot, train.images[index])
    label = int(train.labels[index])
    target = backprop.target(label, label_smoothing=0)
    shown = "".join(each.value for each in app.latex)
    assert tex(result.sums[0].max()) in shown
    assert tex(backprop.cross_entropy(result.softmax, target)) in shown
    unit = int(result.sums[0].argmax())
    slope = backprop.backward(snapshot, result, target)[0][unit]
    assert factor(slope) in shown
    assert float(metrics(app)["Loss"]) < backprop.cross_entropy(result.softmax, target)


def test_another_digit_unit_and_weight_can_be_selected(home):
    app = opened(BOOK, BY_HAND)
    labelled(app.number_input, "Any other training digit").set_value(5).run()
    labelled(app.segmented_control, "Layer").set_value(1).run()
    labelled(app.number_input, "Any other unit").set_value(100).run()
    labelled(app.number_input, "The weight from").set_value(7).run()
    shown = text(app)
    assert "Training digit 5" in shown
    assert "Unit 100 of hidden layer 2" in shown
    assert "w_{7,100}" in shown
    pills = labelled(app.pills, "Units with the largest sums")
    pills.set_value(pills.options and int(pills.options[2])).run()
    assert labelled(app.number_input, "Any other unit").value == int(pills.options[2])


def test_an_inactive_unit_has_gradient_0(home):
    app = opened(BOOK, BY_HAND)
    result = backprop.forward(read_snapshot(BOOK, 20), mnist.load().train.images[0])
    labelled(app.number_input, "Any other training digit").set_value(0).run()
    labelled(app.number_input, "Any other unit").set_value(int(result.sums[0].argmin())).run()
    shown = text(app)
    assert "nothing comes through" in shown
    assert "The gradient is 0, so the weight stays." in shown


def test_label_smoothing_is_in_the_target_and_the_loss(home):
    app = opened(small(home, [1], training={"label_smoothing": 0.1}), BY_HAND)
    (table,) = (each.value for each in app.dataframe)
    assert sorted(table["target t"])[::9] == pytest.approx([0.01, 0.91])
    assert "nine others" in text(app)


@pytest.mark.parametrize(
    ("value", "number", "in_product"),
    [
        (0.123456789, "0.12346", "0.12346"),
        (-2.5, "-2.5", "(-2.5)"),
        (1.25e-7, r"1.25 \cdot 10^{-7}", r"(1.25 \cdot 10^{-7})"),
        (-0.0, "0", "0"),
    ],
)
def test_numbers_are_written_in_latex_with_powers_of_ten(value, number, in_product):
    assert tex(value) == number
    assert factor(value) == in_product
