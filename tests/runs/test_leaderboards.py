"""Who leads: worked out from runs, and only from those that were trained here."""

import numpy as np
import pytest

from mnist_core.config import IMPORTED, ModelConfig, RunConfig
from mnist_core.runs import store
from mnist_core.runs.files import write_json
from mnist_core.runs.leaderboards import (
    LEARNED,
    best_accuracy,
    best_on_drawings,
    competing,
    fastest,
    fewest_parameters,
)
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED


def made(home, name: str, *, wrong: int = 150, epochs: dict[float, float] | None = None, **asked) -> Run:
    """A finished run; ``epochs``: seconds to validation accuracy."""
    parent = asked.pop("parent", None)
    run = store.create(RunConfig(name=name, **asked), home)
    if parent:
        write_json(run.path / "config.json", run.config.to_json() | {"parent": parent})
        run = Run(run.path)
    scores = {"test_loss": 0.1, "test_accuracy": 1 - wrong / 10_000, "correct": 10_000 - wrong, "incorrect": wrong}
    run.update(state=FINISHED, scores=scores)
    lines = [f"{n},{time},0.5,0.9,0.4,{accuracy}\n" for n, (time, accuracy) in enumerate((epochs or {}).items(), 1)]
    (run.path / "epochs.csv").write_text("epoch,seconds,loss,accuracy,val_loss,val_accuracy\n" + "".join(lines))
    return run


def told(places) -> list[tuple[str, float]]:
    return [(place.run.config.name, pytest.approx(place.value)) for place in places]


def test_each_persons_best_network_has_a_place_and_so_has_each_of_the_command_lines(home):
    runs = [
        made(home, "first", person="a", wrong=200),
        made(home, "second", person="a", wrong=100),
        made(home, "other", person="b", wrong=150),
        made(home, "mine", wrong=120),
        made(home, "mine too", wrong=130),
    ]
    runs.append(store.create(RunConfig(name="waiting"), home))
    expected = [("second", 0.99), ("mine", 0.988), ("mine too", 0.987), ("other", 0.985)]
    assert told(best_accuracy(runs)) == expected


def test_the_smallest_network_counts_only_with_few_errors(home):
    tiny, small = ModelConfig(hidden_units=(8,)), ModelConfig(hidden_units=(64,))
    runs = [made(home, "tiny", wrong=201, model=tiny), made(home, "small", wrong=200, model=small), made(home, "book")]
    assert [place.run.config.name for place in fewest_parameters(runs)] == ["small", "book"]
    assert fewest_parameters(runs)[0].value == small.parameters


def test_the_fastest_is_timed_to_the_end_of_the_first_epoch_that_is_good_enough(home):
    runs = [
        made(home, "slow", epochs={4.0: 0.97, 8.0: 0.981, 12.0: 0.979}),
        made(home, "quick", epochs={2.0: 0.9, 3.5: 0.98}),
        made(home, "never", epochs={1.0: 0.979}),
        made(home, "nothing"),
    ]
    assert told(fastest(runs)) == [("quick", 3.5), ("slow", 8.0)]


def test_what_comes_from_elsewhere_does_not_compete_nor_what_goes_on_from_it(home):
    imported = made(home, "imported", recipe=IMPORTED)
    ours = made(home, "ours")
    made(home, "from imported", parent=imported.id)
    made(home, "from ours", parent=ours.id)
    made(home, "from one that is gone", parent="20260101-000000-abcdef")
    made(home, "taught", parent="world")
    itself = made(home, "its own parent")
    write_json(itself.path / "config.json", itself.config.to_json() | {"parent": itself.id})
    runs = store.list_runs(home)
    assert {run.config.name for run in competing(runs)} == {"ours", "from ours"}
    assert {run.config.name for run in competing(runs, from_shipped=True)} == {"ours", "from ours", "taught"}


def test_a_network_is_judged_by_the_drawings_it_has_not_learned_from(home):
    labels = np.arange(40) % 10
    read_wrong = np.where(np.arange(40) < 10, (labels + 1) % 10, labels)
    learned = np.where(np.arange(40) < 20, LEARNED, labels)
    too_few = np.where(np.arange(40) < 21, LEARNED, labels)
    runs = {name: made(home, name) for name in ("plain", "taught", "spared", "not asked")}
    answers = {runs[name].id: read for name, read in zip(runs, (read_wrong, learned, too_few), strict=False)}
    assert told(best_on_drawings(list(runs.values()), answers, labels)) == [("taught", 1.0), ("plain", 0.75)]
