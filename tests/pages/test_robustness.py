"""Tests of the Errors page's part about robustness; tests/engine covers the measurement."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.digits.perturbations import PERTURBATIONS
from mnist_core.runs import store
from mnist_core.runs.robustness import FILE
from pages._errors.robustness import robustness_text
from tests.apps import app_of

ROTATION = PERTURBATIONS["rotation"]


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


@pytest.fixture
def unmeasured_run(home: Path) -> str:
    """The id of a copy of the run book without a robustness measurement, with Markdown in its name."""
    run = home / "runs" / "mine"
    shutil.copytree(store.find("book", home).path, run)
    (run / FILE).unlink()
    config = json.loads((run / "config.json").read_text()) | {"name": "a *new* one"}
    (run / "config.json").write_text(json.dumps(config))
    return run.name


def robustness_part(run: str) -> AppTest:
    def script(run: str) -> None:
        from mnist_core import settings
        from mnist_core.runs import store
        from pages._errors.robustness import show_robustness

        show_robustness(store.find(run, settings.home()))

    return app_of(script, run).run()


def accuracies_by_level(app: AppTest) -> dict[str, dict[str, float]]:
    """The chart's data: the accuracies of each network by the label of the level."""
    tables = [pa.ipc.open_stream(each.data.data).read_all() for each in app.get("vega_lite_chart")[0].proto.datasets]
    rows = next(table.to_pylist() for table in tables if "network" in table.column_names)
    networks = dict.fromkeys(row["network"] for row in rows)
    return {name: {row["level"]: row["accuracy"] for row in rows if row["network"] == name} for name in networks}


def test_the_chart_shows_the_chosen_network_first_and_then_the_shipped_ones(home):
    app = robustness_part("world")
    assert not app.exception
    assert list(accuracies_by_level(app)) == ["world", "book"]
    assert accuracies_by_level(app)["world"]["0°"] == 0.994
    assert len(accuracies_by_level(app)["book"]) == len(ROTATION.levels)
    assert not app.button


def test_a_sentence_says_at_which_level_the_networks_differ_most(home):
    app = robustness_part("book")
    app.segmented_control[0].set_value("noise").run()
    sentence = next(each.value for each in app.markdown if "differ most" in each.value)
    assert sentence.startswith("They differ most at a noise of 80: **book** still reads 81")
    assert "Gaussian noise" in app.caption[0].value


def test_an_example_digit_is_shown_at_each_level(home):
    app = robustness_part("world")
    for name, perturbation in PERTURBATIONS.items():
        app.segmented_control[0].set_value(name).run()
        shown = app.get("html")[0].proto.body
        assert [f'alt="{perturbation.label(level)}"' in shown for level in perturbation.levels].count(True) == (
            len(perturbation.levels)
        )
        assert shown.count("<img") == len(perturbation.levels)


def test_a_single_network_is_described_by_its_range_above_90_percent(home):
    app = robustness_part("world")
    app.multiselect[0].set_value([]).run()
    assert list(accuracies_by_level(app)) == ["world"]
    assert "**world** reads at least 90% of the digits right from −30° to +30°." in app.markdown[1].value


def test_an_unmeasured_run_shows_a_message_and_the_other_networks(unmeasured_run):
    app = robustness_part(unmeasured_run)
    assert not app.exception
    assert list(accuracies_by_level(app)) == ["book", "world"]
    assert "not measured yet" in app.info[0].value
    assert r"a \*new\* one" in app.info[0].value


def test_an_unmeasured_run_alone_has_no_chart(unmeasured_run):
    app = robustness_part(unmeasured_run)
    app.multiselect[0].set_value([]).run()
    assert not app.exception
    assert not app.get("vega_lite_chart")
    assert "not measured yet" in app.info[0].value


def test_runs_with_the_same_name_are_numbered(home):
    shutil.copytree(store.find("book", home).path, home / "runs" / "copy")
    app = robustness_part("copy")
    assert list(accuracies_by_level(app)) == ["book (2)", "book", "world"]


@pytest.mark.parametrize(
    ("accuracies", "sentence"),
    [
        ([1, 1, 1, 1, 1, 1, 1, 1, 1], "at least 90% of the digits right from −60° to +60°."),
        ([0, 0, 1, 0.9, 1, 0.8, 1, 1, 1], "at least 90% of the digits right from −30° to 0°."),
        ([0, 0, 0, 0, 1, 0, 0, 0, 0], "at least 90% of the digits right at 0° alone."),
        ([1, 1, 1, 1, 0.5, 1, 1, 1, 1], "fewer than 90% of the digits right even when nothing is changed."),
    ],
)
def test_the_text_for_a_single_network_gives_its_range_above_90_percent(accuracies, sentence):
    assert robustness_text(ROTATION, {"net": accuracies}).endswith(sentence)
    assert robustness_text(ROTATION, {"net": accuracies}).startswith("**net** reads")


def test_the_text_for_several_networks_lists_them_by_accuracy():
    curves = {"a": [0.5] * 9, "b": [0.5] * 8 + [0.9], "c": [0.5] * 7 + [0.6, 0.75]}
    assert robustness_text(ROTATION, curves) == (
        "They differ most at a rotation of +60°: **b** still reads 90.0%, **c** 75.0%, **a** 50.0%."
    )
