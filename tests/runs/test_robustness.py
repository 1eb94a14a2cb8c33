import json
import shutil
from pathlib import Path

import pytest

from mnist_core.digits.perturbations import LEVELS, PERTURBATIONS
from mnist_core.errors import RunError
from mnist_core.runs import store
from mnist_core.runs.robustness import FILE, Curve, Robustness, fingerprint, read_robustness
from mnist_core.runs.run import Run

SOME_LEVELS = {"rotation": (0.0, 30.0), "blur": (0.0, 1.5)}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run whose model file is a placeholder."""
    (tmp_path / "model.keras").write_bytes(b"weights")
    return Run(tmp_path)


def measured(run: Run) -> Robustness:
    curves = {"rotation": Curve(SOME_LEVELS["rotation"], (0.98, 0.75)), "blur": Curve(SOME_LEVELS["blur"], (0.98, 1.0))}
    return Robustness(fingerprint(run), 10_000, curves)


def test_saved_robustness_is_read_from_the_run(run):
    assert read_robustness(run, SOME_LEVELS) is None
    measured(run).save(run)
    assert read_robustness(run, SOME_LEVELS) == measured(run)


def test_robustness_is_read_from_a_copied_run_folder(run, tmp_path_factory):
    measured(run).save(run)
    copy = tmp_path_factory.mktemp("elsewhere") / "copy"
    shutil.copytree(run.path, copy)
    assert read_robustness(Run(copy), SOME_LEVELS) == measured(run)


def test_robustness_of_an_older_model_file_is_ignored(run):
    measured(run).save(run)
    run.model_path.write_bytes(b"other weights")
    assert read_robustness(run, SOME_LEVELS) is None


def test_robustness_at_other_levels_is_ignored(run):
    measured(run).save(run)
    assert read_robustness(run, SOME_LEVELS | {"blur": (0.0, 2.0)}) is None
    assert read_robustness(run, SOME_LEVELS | {"noise": (0.0, 20.0)}) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda values: "{",
        lambda values: "[]",
        lambda values: json.dumps(values | {"curves": None}),
        lambda values: json.dumps(values | {"curves": {"rotation": {"levels": [0, 30]}}}),
        lambda values: json.dumps(values | {"curves": {"rotation": {"levels": [0, 30], "accuracies": [0.9]}}}),
        lambda values: json.dumps(values | {"curves": {"rotation": {"levels": [0, 30], "accuracies": [0.9, 98]}}}),
        lambda values: json.dumps(values | {"curves": {"rotation": {"levels": [0, "?"], "accuracies": [0.9, 0.8]}}}),
        lambda values: json.dumps(values | {"digits": float("inf")}),
        lambda values: "[" * 100_000,
        lambda values: json.dumps({"model": values["model"]}),
    ],
)
def test_a_damaged_file_is_read_as_none(run, damage):
    measured(run).save(run)
    path = run.path / FILE
    path.write_text(damage(json.loads(path.read_text())))
    assert read_robustness(run, {"rotation": (0.0, 30.0)}) is None


def test_the_fingerprint_of_a_run_without_a_network_raises_run_error(run):
    measured(run).save(run)
    run.model_path.unlink()
    assert read_robustness(run, SOME_LEVELS) is None
    with pytest.raises(RunError, match="no trained network"):
        fingerprint(run)


def test_saving_to_a_deleted_run_raises_run_error_and_does_not_create_it(run):
    result = measured(run)
    shutil.rmtree(run.path)
    with pytest.raises(RunError, match="deleted"):
        result.save(run)
    assert not run.path.exists()


@pytest.mark.parametrize("name", ["book", "world"])
def test_shipped_networks_have_their_robustness(name, home):
    run = store.find(name, home)
    robustness = read_robustness(run, LEVELS)
    for each, curve in robustness.curves.items():
        unchanged = curve.levels.index(PERTURBATIONS[each].neutral)
        assert curve.accuracies[unchanged] == run.read_status().scores["test_accuracy"]
