"""Tests of the leaderboards, which rank only runs that were trained in this home folder."""

import numpy as np
import pytest

from mnist_core.config import IMPORTED, ModelConfig, RunConfig
from mnist_core.runs import scan, store
from mnist_core.runs.files import write_json
from mnist_core.runs.leaderboards import (
    TRAINED_ON,
    best_accuracy,
    best_on_drawings,
    competing,
    fastest,
    fewest_parameters,
)
from mnist_core.runs.status import FINISHED
from mnist_core.runs.view import ListedRun


def finished_run(home, name: str, *, wrong: int = 150, epochs: dict[float, float] | None = None, **config) -> ListedRun:
    """A finished run; ``epochs`` maps seconds to validation accuracy."""
    parent = config.pop("parent", None)
    run = store.create(RunConfig(name=name, **config), home)
    if parent:
        write_json(run.path / "config.json", run.read_config().to_json() | {"parent": parent})
    scores = {"test_loss": 0.1, "test_accuracy": 1 - wrong / 10_000, "correct": 10_000 - wrong, "incorrect": wrong}
    run.update(state=FINISHED, scores=scores)
    rows = [f"{n},{time},0.5,0.9,0.4,{accuracy}\n" for n, (time, accuracy) in enumerate((epochs or {}).items(), 1)]
    (run.path / "epochs.csv").write_text("epoch,seconds,loss,accuracy,val_loss,val_accuracy\n" + "".join(rows))
    return run.listed()


def entries(ranking) -> list[tuple[str, float]]:
    return [(entry.run.config.name, pytest.approx(entry.value)) for entry in ranking]


def test_best_accuracy_lists_one_run_per_person_and_all_of_the_command_line(home):
    runs = [
        finished_run(home, "first", person="a", wrong=200),
        finished_run(home, "second", person="a", wrong=100),
        finished_run(home, "other", person="b", wrong=150),
        finished_run(home, "mine", wrong=120),
        finished_run(home, "mine too", wrong=130),
    ]
    runs.append(store.create(RunConfig(name="waiting"), home).listed())
    expected = [("second", 0.99), ("mine", 0.988), ("mine too", 0.987), ("other", 0.985)]
    assert entries(best_accuracy(runs)) == expected


def test_fewest_parameters_leaves_out_networks_with_many_errors(home):
    tiny, small = ModelConfig(hidden_units=(8,)), ModelConfig(hidden_units=(64,))
    runs = [
        finished_run(home, "tiny", wrong=201, model=tiny),
        finished_run(home, "small", wrong=200, model=small),
        finished_run(home, "large"),
    ]
    assert [entry.run.config.name for entry in fewest_parameters(runs)] == ["small", "large"]
    assert fewest_parameters(runs)[0].value == small.parameters


def test_fastest_gives_the_seconds_to_the_first_epoch_above_the_threshold(home):
    runs = [
        finished_run(home, "slow", epochs={4.0: 0.97, 8.0: 0.981, 12.0: 0.979}),
        finished_run(home, "quick", epochs={2.0: 0.9, 3.5: 0.98}),
        finished_run(home, "never", epochs={1.0: 0.979}),
        finished_run(home, "nothing"),
    ]
    assert entries(fastest(runs)) == [("quick", 3.5), ("slow", 8.0)]


def test_imported_runs_and_their_continuations_do_not_compete(home):
    imported = finished_run(home, "imported", recipe=IMPORTED)
    ours = finished_run(home, "ours")
    finished_run(home, "from imported", parent=imported.id)
    finished_run(home, "from ours", parent=ours.id)
    finished_run(home, "from one that is gone", parent="20260101-000000-abcdef")
    finished_run(home, "taught", parent="world")
    itself = finished_run(home, "its own parent")
    write_json(itself.run.path / "config.json", itself.config.to_json() | {"parent": itself.id})
    runs = scan.scan(home).runs
    assert {run.config.name for run in competing(runs)} == {"ours", "from ours"}
    assert {run.config.name for run in competing(runs, from_shipped=True)} == {"ours", "from ours", "taught"}


def test_best_on_drawings_leaves_out_drawings_that_a_network_was_trained_on(home):
    labels = np.arange(40) % 10
    read_wrong = np.where(np.arange(40) < 10, (labels + 1) % 10, labels)
    learned = np.where(np.arange(40) < 20, TRAINED_ON, labels)
    too_few = np.where(np.arange(40) < 21, TRAINED_ON, labels)
    runs = {name: finished_run(home, name) for name in ("plain", "taught", "spared", "not asked")}
    answers = {runs[name].id: predicted for name, predicted in zip(runs, (read_wrong, learned, too_few), strict=False)}
    assert entries(best_on_drawings(list(runs.values()), answers, labels)) == [("taught", 1.0), ("plain", 0.75)]
