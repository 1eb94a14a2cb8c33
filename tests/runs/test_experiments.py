"""Tests of the prepared experiments: the settings that differ, and the sentences about their findings."""

from dataclasses import replace
from pathlib import Path

import pytest

from mnist_core.config import ON_TEST_SET
from mnist_core.runs import pace, scan, store
from mnist_core.runs.experiments import CHANCE_ACCURACY, Experiment, Outcome
from mnist_core.runs.prepared_experiments import EXPERIMENTS
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED

COMPARED_SETTINGS = {
    "activation": {"activation": ["sigmoid", "relu"]},
    "scaling": {"scaling": [True, False]},
    "dropout": {"dropout": [0.0, 0.2, 0.5]},
    "rate": {"learning_rate": [1e-5, 1e-3, 0.3]},
    "batch": {"batch_size": [16, 512]},
    "digits": {"digits": [100, 1_000, 10_000, 60_000], "epochs": [60, 40, 20, 10]},
    "units": {"hidden_units": [(8,), (2048,)]},
    "labels": {"shuffled_labels": [False, True]},
}
# Rounded measurements with seeds 0 to 2: training accuracy, validation accuracy, and seconds.
TYPICAL_OUTCOMES = {
    "activation": [(0.2, 0.22, 2), (0.97, 0.97, 2)],
    "scaling": [(0.95, 0.95, 1), (0.11, 0.11, 1)],
    "dropout": [(1.0, 0.96, 5), (0.995, 0.961, 6), (0.985, 0.963, 6)],
    "rate": [(0.81, 0.81, 1), (0.97, 0.965, 1), (0.2, 0.25, 1)],
    "batch": [(0.99, 0.972, 5), (0.96, 0.955, 1)],
    "digits": [(1.0, 0.78, 3), (1.0, 0.9, 2), (1.0, 0.96, 3), (0.995, 0.979, 6)],
    "units": [(0.9, 0.9, 1), (0.99, 0.975, 11)],
    "labels": [(1.0, 0.9, 3), (0.998, 0.09, 3)],
}
for_each_experiment = pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=lambda experiment: experiment.id)


def outcomes(experiment: Experiment, values: list[tuple[float, float, float]]) -> dict[str, Outcome]:
    return {variant.name: Outcome(*each) for variant, each in zip(experiment.variants, values, strict=True)}


def settings(experiment: Experiment) -> list[dict]:
    return [vars(variant.model) | vars(variant.training) for variant in experiment.variants]


def test_there_are_eight_experiments():
    assert list(EXPERIMENTS) == list(COMPARED_SETTINGS)


@for_each_experiment
def test_variants_differ_only_in_the_settings_that_the_experiment_compares(experiment):
    values = settings(experiment)
    different = {name for name in values[0] if any(each[name] != values[0][name] for each in values)}
    assert {name: [each[name] for each in values] for name in different} == COMPARED_SETTINGS[experiment.id]


@for_each_experiment
def test_only_the_experiment_on_digits_validates_on_the_test_set(experiment):
    on_test_set = {variant.training.validation == ON_TEST_SET for variant in experiment.variants}
    assert on_test_set == {experiment.id == "digits"}


@for_each_experiment
def test_an_experiment_is_expected_to_take_less_than_a_minute(experiment, home):
    assert sum(pace.expected_seconds(config, home) for config in experiment.configs()) < 60


@for_each_experiment
def test_configs_have_person_experiment_and_different_names(experiment):
    configs = experiment.configs(person="ada")
    assert {(config.person, config.experiment) for config in configs} == {("ada", experiment.id)}
    assert len({config.name for config in configs}) == len(configs)


@for_each_experiment
def test_typical_outcomes_are_judged_as_expected(experiment):
    finding = experiment.judge(outcomes(experiment, TYPICAL_OUTCOMES[experiment.id]))
    assert finding.as_expected
    for _, validation, _ in TYPICAL_OUTCOMES[experiment.id] if experiment.id != "dropout" else []:
        assert f"{validation:.1%}" in finding.sentence


@for_each_experiment
def test_equal_outcomes_are_judged_as_unexpected(experiment):
    equal_outcomes = [TYPICAL_OUTCOMES[experiment.id][0]] * len(experiment.variants)
    finding = experiment.judge(outcomes(experiment, equal_outcomes))
    assert not finding.as_expected
    assert finding.sentence


def test_the_finding_about_dropout_gives_the_gaps_in_points():
    dropout = EXPERIMENTS["dropout"]
    sentence = dropout.judge(outcomes(dropout, TYPICAL_OUTCOMES["dropout"])).sentence
    assert "4.0 points with 0%, 3.4 points with 20% and 2.2 points with 50%" in sentence


def enqueue(experiment: Experiment, home: Path) -> list[Run]:
    return [store.create(config, home) for config in experiment.configs()]


def set_ended(runs: list[Run], state: str = FINISHED) -> list[Run]:
    for run in runs:
        run.update(state=state)
    return runs


def newest_set(home: Path) -> list[Run]:
    return [listed.run for listed in EXPERIMENTS["scaling"].newest_set(scan.scan(home).own).values()]


def test_newest_returns_the_latest_set_of_runs(home):
    set_ended(enqueue(EXPERIMENTS["scaling"], home))
    set_ended(enqueue(EXPERIMENTS["rate"], home))
    second = set_ended(enqueue(EXPERIMENTS["scaling"], home))
    assert newest_set(home) == second


def test_newest_returns_a_queued_set_and_the_previous_one_after_its_cancellation(home):
    first = set_ended(enqueue(EXPERIMENTS["scaling"], home))
    second = enqueue(EXPERIMENTS["scaling"], home)
    assert newest_set(home) == second
    set_ended(second[:1])
    set_ended(second[1:], state=CANCELLED)
    assert newest_set(home) == first


def test_newest_does_not_mix_the_runs_of_two_sets(home):
    set_ended(enqueue(EXPERIMENTS["scaling"], home))[0].delete()
    second = set_ended(enqueue(EXPERIMENTS["scaling"], home))
    second[1].delete()
    assert newest_set(home) == second[:1]
    assert not EXPERIMENTS["scaling"].has_ended({"0 to 1": second[0].listed()})


def test_newest_ignores_a_run_with_other_settings(home):
    config = EXPERIMENTS["scaling"].configs()[0]
    run = store.create(replace(config, training=replace(config.training, epochs=9)), home)
    assert EXPERIMENTS["scaling"].newest_set([run.listed()]) == {}


def test_the_outcome_of_a_run_that_diverged_in_its_first_epoch_is_guessing(home):
    run = enqueue(EXPERIMENTS["scaling"], home)[1]
    run.update(state=FAILED, diverged=True)
    assert Outcome.of(run.listed()).validation == CHANCE_ACCURACY


def test_the_outcome_of_a_run_is_that_of_its_last_epoch(home):
    run = enqueue(EXPERIMENTS["scaling"], home)[0]
    (run.path / "epochs.csv").write_text(
        "epoch,seconds,loss,accuracy,val_loss,val_accuracy\n1,1,0.5,0.8,0.4,0.82\n2,2,0.3,0.9,0.3,0.88\n"
    )
    outcome = Outcome.of(run.listed())
    assert (outcome.training, outcome.validation) == (0.9, 0.88)
    assert outcome.gap == pytest.approx(0.02)
