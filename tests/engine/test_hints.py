"""Tests that each rule gives a hint for a real run with its problem, and none for other runs."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_core.config import ON_HELD_OUT, ONE_CYCLE, TRAINING_DIGITS, ModelConfig, RunConfig, TrainingConfig
from mnist_core.engine.worker import import_model, train_run
from mnist_core.runs import hints, store
from mnist_core.runs.fine_tuning import Lesson, lesson_config
from mnist_core.runs.hints import Evidence
from mnist_core.runs.run import SHIPPED, Run
from mnist_core.runs.status import FAILED, FINISHED

SMALL = {"hidden_units": (32,), "dropout": 0.0}
QUICK = {"batch_size": 512, "epochs": 3, "validation": ON_HELD_OUT}
SETTINGS = {
    "well": ({}, {"schedule": ONE_CYCLE, "learning_rate": 5e-3}),
    "exploded": ({"hidden_units": (32, 32)}, {"learning_rate": 0.3, "epochs": 2}),
    "no number": (
        {"hidden_units": (32, 32, 32, 32), "scaling": False},
        {"learning_rate": 1.0, "optimizer": "sgd", "batch_size": 128},
    ),
    "slow": ({}, {"learning_rate": 1e-5}),
    "by heart": ({"hidden_units": (64,)}, {"digits": 500, "batch_size": 50, "epochs": 30, "learning_rate": 3e-3}),
    "dead": ({"hidden_units": (64, 64)}, {"learning_rate": 0.03}),
    "saturated": ({"activation": "sigmoid", "scaling": False}, {"epochs": 1}),
    "sigmoid": ({"activation": "sigmoid"}, {"epochs": 1}),
    "short": ({}, {"epochs": 2}),
    "book": ({}, {"epochs": 1, "validation": "test"}),
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setenv("DIGIT_LAB_HOME", str(tmp_path_factory.mktemp("lab")))
    yield store.prepare_home()
    patch.undo()


@pytest.fixture(scope="module")
def runs(keras, lab) -> dict[str, Run]:
    """A trained run for each of SETTINGS, by its name."""
    trained = {}
    for name, (model, training) in SETTINGS.items():
        config = RunConfig(
            name=f"{name} run", model=ModelConfig(**SMALL | model), training=TrainingConfig(**QUICK | training)
        )
        trained[name] = store.create(config, lab)
        train_run(trained[name])
    return trained


@pytest.fixture
def evidence(runs, digits):
    return lambda name: Evidence.of(runs[name], digits.test.images[:1000])


def titles(evidence: Evidence) -> list[str]:
    return [hint.title for hint in hints.hints(evidence)]


@pytest.mark.parametrize(
    ("rule", "problem", "finding", "expected_changes"),
    [
        (hints.diverging, "exploded", "guessing has 2.30", {"learning_rate": 0.03}),
        (hints.diverging, "no number", "no longer a number", {"learning_rate": 0.1, "scaling": True}),
        (hints.low_learning_rate, "slow", "With 0.00001 it reads", {"learning_rate": 0.001}),
        (hints.over_fitting, "by heart", "fell from", {"digits": TRAINING_DIGITS}),
        (hints.dead_relu_units, "dead", "of the 64 units of hidden layer", {"learning_rate": 0.001}),
        (hints.saturating, "saturated", "lie where sigmoid is flat", {"scaling": True}),
        (hints.under_trained, "short", "after 2 epochs and was still getting better", {"epochs": 4}),
        (hints.validated_on_test_set, "book", "the same 10,000 digits", {"validation": ON_HELD_OUT}),
    ],
)
def test_a_rule_finds_its_problem_and_changes_only_its_cause(evidence, rule, problem, finding, expected_changes):
    run_evidence = evidence(problem)
    hint = rule(run_evidence)
    assert finding in hint.finding
    assert hint.why
    before = vars(run_evidence.config.model) | vars(run_evidence.config.training)
    after = vars(hint.suggestion.model) | vars(hint.suggestion.training)
    assert {name: value for name, value in after.items() if value != before[name]} == expected_changes


@pytest.mark.parametrize("rule", hints.RULES)
def test_no_rule_gives_a_hint_for_a_good_run(evidence, rule):
    assert rule(evidence("well")) is None


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (hints.saturating, "sigmoid"),
        (hints.diverging, "slow"),
        (hints.diverging, "dead"),
        (hints.low_learning_rate, "short"),
        (hints.over_fitting, "short"),
        (hints.dead_relu_units, "short"),
        (hints.under_trained, "by heart"),
        (hints.validated_on_test_set, "by heart"),
    ],
)
def test_a_rule_gives_no_hint_for_the_problem_of_another_rule(evidence, rule, name):
    assert rule(evidence(name)) is None


def test_a_diverged_run_has_only_the_hint_about_divergence(evidence):
    assert titles(evidence("exploded")) == ["The training goes wrong"]
    assert titles(evidence("no number")) == ["The training goes wrong"]


def test_overfitting_begins_after_the_epoch_with_the_lowest_validation_loss(evidence):
    run_evidence = evidence("by heart")
    lowest = int(run_evidence.epochs["epoch"][run_evidence.epochs["val_loss"].argmin()])
    assert titles(run_evidence) == [f"Over-fitting begins after epoch {lowest}"]


@pytest.mark.parametrize(
    ("dropout", "changes", "words"),
    [
        (0.0, {"shuffled_labels": True}, "right labels"),
        (0.0, {"digits": TRAINING_DIGITS}, "dropout of 20 %"),
        (0.5, {"digits": TRAINING_DIGITS}, "distorted digits"),
    ],
)
def test_the_overfitting_hint_suggests_a_setting_that_is_not_used_yet(evidence, dropout, changes, words):
    run_evidence = evidence("by heart")
    config = replace(
        run_evidence.config,
        model=replace(run_evidence.config.model, dropout=dropout),
        training=replace(run_evidence.config.training, **changes),
    )
    assert words in hints.over_fitting(replace(run_evidence, config=config)).suggestion.text


def test_a_run_in_training_has_no_hint_about_too_few_epochs(evidence):
    assert hints.under_trained(replace(evidence("short"), ended=False)) is None


def test_a_run_without_epochs_has_no_hints(lab, digits):
    run = store.create(RunConfig(name="new", training=TrainingConfig(validation=ON_HELD_OUT)), lab)
    assert hints.hints(Evidence.of(run, digits.test.images[:10])) == []


def test_the_shipped_runs_have_the_expected_hints(digits):
    few = digits.test.images[:1000]
    book, world = (Evidence.of(Run(SHIPPED / name), few) for name in ("book", "world"))
    assert titles(book) == ["Over-fitting begins after epoch 12", "It is watched on the test set"]
    assert titles(world) == ["Many units are dead", "It is watched on the test set"]


def test_a_suggestion_for_a_fine_tuned_run_uses_no_drawings(runs, lab, digits):
    few = digits.test.take(np.arange(40))
    run = store.create(lesson_config(runs["short"]), lab, lesson=Lesson.of(few.images, few.labels))
    train_run(run)
    assert run.read_status().state == FINISHED
    cures = [hint.suggestion for hint in hints.hints(Evidence.of(run, few.images)) if hint.suggestion]
    assert cures
    assert all(cure.training.drawings == 0 for cure in cures)


def test_an_imported_network_has_no_hints(runs, lab, digits):
    run = import_model(runs["short"].model_path.read_bytes(), RunConfig(name="elsewhere"), lab)
    assert hints.hints(Evidence.of(run, digits.test.images[:10])) == []


def test_a_requeued_run_is_no_longer_marked_as_diverged(runs):
    run = runs["no number"]
    assert (run.read_status().state, run.read_status().diverged) == (FAILED, True)
    run.requeue()
    assert not run.read_status().diverged
    run.cancel()
