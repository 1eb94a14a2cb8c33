"""The prepared experiments: what differs within each, and how their findings are told."""

from dataclasses import replace
from pathlib import Path

import pytest

from mnist_core.config import ON_TEST_SET
from mnist_core.runs import pace, store
from mnist_core.runs.experiments import GUESSING, Experiment, Outcome
from mnist_core.runs.prepared_experiments import EXPERIMENTS
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED

DIFFERENT = {
    "activation": {"activation": ["sigmoid", "relu"]},
    "scaling": {"scaling": [True, False]},
    "dropout": {"dropout": [0.0, 0.2, 0.5]},
    "rate": {"learning_rate": [1e-5, 1e-3, 0.3]},
    "batch": {"batch_size": [16, 512]},
    "digits": {"digits": [100, 1_000, 10_000, 60_000], "epochs": [60, 40, 20, 10]},
    "units": {"hidden_units": [(8,), (2048,)]},
    "labels": {"shuffled_labels": [False, True]},
}
# What was measured with seeds 0 to 2, rounded: shares right of training digits and of new ones, and seconds.
USUAL = {
    "activation": [(0.2, 0.22, 2), (0.97, 0.97, 2)],
    "scaling": [(0.95, 0.95, 1), (0.11, 0.11, 1)],
    "dropout": [(1.0, 0.96, 5), (0.995, 0.961, 6), (0.985, 0.963, 6)],
    "rate": [(0.81, 0.81, 1), (0.97, 0.965, 1), (0.2, 0.25, 1)],
    "batch": [(0.99, 0.972, 5), (0.96, 0.955, 1)],
    "digits": [(1.0, 0.78, 3), (1.0, 0.9, 2), (1.0, 0.96, 3), (0.995, 0.979, 6)],
    "units": [(0.9, 0.9, 1), (0.99, 0.975, 11)],
    "labels": [(1.0, 0.9, 3), (0.998, 0.09, 3)],
}
all_of_them = pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=lambda experiment: experiment.id)


def outcomes(experiment: Experiment, values: list[tuple[float, float, float]]) -> dict[str, Outcome]:
    return {variant.name: Outcome(*each) for variant, each in zip(experiment.variants, values, strict=True)}


def settings(experiment: Experiment) -> list[dict]:
    return [vars(variant.model) | vars(variant.training) for variant in experiment.variants]


def test_there_are_eight():
    assert list(EXPERIMENTS) == list(DIFFERENT)


@all_of_them
def test_variants_differ_in_what_the_experiment_is_about_and_in_nothing_else(experiment):
    values = settings(experiment)
    different = {name for name in values[0] if any(each[name] != values[0][name] for each in values)}
    assert {name: [each[name] for each in values] for name in different} == DIFFERENT[experiment.id]


@all_of_them
def test_settings_are_not_chosen_by_the_test_set_but_where_no_digits_can_be_spared(experiment):
    on_test_set = {variant.training.validation == ON_TEST_SET for variant in experiment.variants}
    assert on_test_set == {experiment.id == "digits"}


@all_of_them
def test_it_is_over_before_a_workshop_yawns(experiment, home):
    assert sum(pace.expected_seconds(config, home) for config in experiment.configs()) < 60


@all_of_them
def test_its_runs_say_whose_they_are_and_to_what_they_belong(experiment):
    configs = experiment.configs(person="ada")
    assert {(config.person, config.experiment) for config in configs} == {("ada", experiment.id)}
    assert len({config.name for config in configs}) == len(configs)


@all_of_them
def test_what_is_usually_measured_is_what_is_expected(experiment):
    finding = experiment.judge(outcomes(experiment, USUAL[experiment.id]))
    assert finding.as_expected
    for _, validation, _ in USUAL[experiment.id] if experiment.id != "dropout" else []:
        assert f"{validation:.1%}" in finding.sentence


@all_of_them
def test_what_is_not_as_expected_is_told_as_well(experiment):
    alike = [USUAL[experiment.id][0]] * len(experiment.variants)
    finding = experiment.judge(outcomes(experiment, alike))
    assert not finding.as_expected
    assert finding.sentence


def test_the_gap_is_told_in_points():
    dropout = EXPERIMENTS["dropout"]
    sentence = dropout.judge(outcomes(dropout, USUAL["dropout"])).sentence
    assert "4.0 points with 0%, 3.4 points with 20% and 2.2 points with 50%" in sentence


def put_in_line(experiment: Experiment, home: Path) -> list[Run]:
    return [store.create(config, home) for config in experiment.configs()]


def ended(runs: list[Run], state: str = FINISHED) -> list[Run]:
    for run in runs:
        run.update(state=state)
    return runs


def newest(home: Path) -> list[Run]:
    return list(EXPERIMENTS["scaling"].newest(store.list_runs(home)).values())


def test_the_newest_set_counts_whoever_asked_for_it(home):
    ended(put_in_line(EXPERIMENTS["scaling"], home))
    ended(put_in_line(EXPERIMENTS["rate"], home))
    second = ended(put_in_line(EXPERIMENTS["scaling"], home))
    assert newest(home) == second


def test_a_set_that_is_in_hand_is_shown_and_when_it_was_cancelled_the_one_before_again(home):
    first = ended(put_in_line(EXPERIMENTS["scaling"], home))
    second = put_in_line(EXPERIMENTS["scaling"], home)
    assert newest(home) == second
    ended(second[:1])
    ended(second[1:], state=CANCELLED)
    assert newest(home) == first


def test_sets_are_not_mixed(home):
    ended(put_in_line(EXPERIMENTS["scaling"], home))[0].delete()
    second = ended(put_in_line(EXPERIMENTS["scaling"], home))
    second[1].delete()
    assert newest(home) == second[:1]
    assert not EXPERIMENTS["scaling"].has_ended({"0 to 1": second[0]})


def test_a_run_with_other_settings_is_none_of_the_experiments(home):
    config = EXPERIMENTS["scaling"].configs()[0]
    run = store.create(replace(config, training=replace(config.training, epochs=9)), home)
    assert EXPERIMENTS["scaling"].newest([run]) == {}


def test_a_run_that_diverged_before_its_first_epoch_is_as_good_as_guessing(home):
    run = put_in_line(EXPERIMENTS["scaling"], home)[1]
    run.update(state=FAILED, diverged=True)
    assert Outcome.of(run).validation == GUESSING


def test_an_outcome_is_that_of_the_last_epoch(home):
    run = put_in_line(EXPERIMENTS["scaling"], home)[0]
    (run.path / "epochs.csv").write_text(
        "epoch,seconds,loss,accuracy,val_loss,val_accuracy\n1,1,0.5,0.8,0.4,0.82\n2,2,0.3,0.9,0.3,0.88\n"
    )
    assert (Outcome.of(run).training, Outcome.of(run).validation) == (0.9, 0.88)
    assert Outcome.of(run).gap == pytest.approx(0.02)
