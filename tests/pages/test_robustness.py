"""The Errors page's part about robustness; measuring itself is in tests/engine."""

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
from pages._errors.robustness_measurement import expected_seconds
from tests.apps import app_of

ROTATION = PERTURBATIONS["rotation"]


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


@pytest.fixture
def own(home: Path) -> str:
    """The id of a run like book that was not measured, called as people may call theirs."""
    run = home / "runs" / "mine"
    shutil.copytree(store.find("book", home).path, run)
    (run / FILE).unlink()
    config = json.loads((run / "config.json").read_text()) | {"name": "a *new* one"}
    (run / "config.json").write_text(json.dumps(config))
    return run.name


def part(run: str) -> AppTest:
    def script(run: str) -> None:
        from mnist_core import settings
        from mnist_core.runs import store
        from pages._errors.robustness import show_robustness

        show_robustness(store.find(run, settings.home()))

    return app_of(script, run).run()


def lines(app: AppTest) -> dict[str, dict[str, float]]:
    """What the chart shows: each network's accuracies by the written level."""
    tables = [pa.ipc.open_stream(each.data.data).read_all() for each in app.get("vega_lite_chart")[0].proto.datasets]
    rows = next(table.to_pylist() for table in tables if "network" in table.column_names)
    networks = dict.fromkeys(row["network"] for row in rows)
    return {name: {row["level"]: row["accuracy"] for row in rows if row["network"] == name} for name in networks}


def test_the_chosen_network_comes_first_beside_the_others_that_ship(home):
    app = part("world")
    assert not app.exception
    assert list(lines(app)) == ["world", "book"]
    assert lines(app)["world"]["0°"] == 0.994
    assert len(lines(app)["book"]) == len(ROTATION.levels)
    assert not app.button


def test_a_sentence_says_where_networks_differ_most(home):
    app = part("book")
    app.segmented_control[0].set_value("noise").run()
    sentence = next(each.value for each in app.markdown if "differ most" in each.value)
    assert sentence.startswith("They differ most at a noise of 80: **book** still reads 81")
    assert "Gaussian noise" in app.caption[0].value


def test_a_digit_is_shown_at_each_level(home):
    app = part("world")
    for name, perturbation in PERTURBATIONS.items():
        app.segmented_control[0].set_value(name).run()
        shown = app.get("html")[0].proto.body
        assert [f'alt="{perturbation.label(level)}"' in shown for level in perturbation.levels].count(True) == (
            len(perturbation.levels)
        )
        assert shown.count("<img") == len(perturbation.levels)


def test_a_network_alone_is_told_by_what_it_bears(home):
    app = part("world")
    app.multiselect[0].set_value([]).run()
    assert list(lines(app)) == ["world"]
    assert "**world** reads at least 90% of the digits right from −30° to +30°." in app.markdown[1].value


def test_a_run_that_is_not_measured_says_so_beside_the_others(own):
    app = part(own)
    assert not app.exception
    assert list(lines(app)) == ["book", "world"]
    assert "not measured yet" in app.info[0].value
    assert r"a \*new\* one" in app.info[0].value


def test_nothing_but_the_offer_is_shown_where_nothing_is_measured(own):
    app = part(own)
    app.multiselect[0].set_value([]).run()
    assert not app.exception
    assert not app.get("vega_lite_chart")
    assert "not measured yet" in app.info[0].value


def test_runs_of_one_name_are_told_apart(home):
    shutil.copytree(store.find("book", home).path, home / "runs" / "copy")
    app = part("copy")
    assert list(lines(app)) == ["book (2)", "book", "world"]


def test_a_larger_network_takes_longer(home):
    assert expected_seconds(store.find("world", home)) > expected_seconds(store.find("book", home)) > 5


@pytest.mark.parametrize(
    ("accuracies", "sentence"),
    [
        ([1, 1, 1, 1, 1, 1, 1, 1, 1], "at least 90% of the digits right from −60° to +60°."),
        ([0, 0, 1, 0.9, 1, 0.8, 1, 1, 1], "at least 90% of the digits right from −30° to 0°."),
        ([0, 0, 0, 0, 1, 0, 0, 0, 0], "at least 90% of the digits right at 0° alone."),
        ([1, 1, 1, 1, 0.5, 1, 1, 1, 1], "fewer than 90% of the digits right even when nothing is changed."),
    ],
)
def test_what_a_lone_network_bears_is_told_from_the_middle(accuracies, sentence):
    assert robustness_text(ROTATION, {"net": accuracies}).endswith(sentence)
    assert robustness_text(ROTATION, {"net": accuracies}).startswith("**net** reads")


def test_several_networks_are_told_best_first():
    curves = {"a": [0.5] * 9, "b": [0.5] * 8 + [0.9], "c": [0.5] * 7 + [0.6, 0.75]}
    assert robustness_text(ROTATION, curves) == (
        "They differ most at a rotation of +60°: **b** still reads 90.0%, **c** 75.0%, **a** 50.0%."
    )
