"""Tests of the settings of networks, trainings and runs."""

import json
from dataclasses import replace
from typing import Any

import pytest

from mnist_core.config import (
    CONFIG_JSON,
    CONSTANT,
    COSINE,
    IMPORTED,
    MIXED,
    ON_HELD_OUT,
    ONE_CYCLE,
    ConfigError,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_core.errors import DamagedFile
from mnist_core.recipes import RECIPES
from mnist_core.runs.files import parse_json


def parsed(values: dict[str, Any]) -> RunConfig:
    return parse_json(json.dumps(values).encode(), CONFIG_JSON)


def test_the_books_network_has_669_706_parameters():
    assert RECIPES["book"].model.parameters == 669_706


def test_the_book_recipe_has_the_settings_of_the_walk_through():
    book = RECIPES["book"]
    assert (book.model.hidden_units, book.model.dropout, book.model.scaling) == ((512, 512), 0.2, True)
    assert (book.training.epochs, book.training.batch_size, book.training.steps_per_epoch) == (20, 128, 469)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epochs": 0}, "epochs"),
        ({"epochs": 201}, "epochs"),
        ({"epochs": 2.5}, "epochs"),
        ({"epochs": True}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"learning_rate": 0}, "learning_rate must be between 0.000001 and 1, got 0"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"seed": -1}, "seed"),
        ({"optimizer": "lion"}, "adam, adamw, sgd, rmsprop"),
        ({"schedule": "step"}, "one-cycle"),
        ({"weight_decay": -0.1}, "weight_decay"),
        ({"label_smoothing": 0.6}, "label_smoothing"),
        ({"distortions": "yes"}, "distortions"),
        ({"handwriting": 200_001}, "handwriting"),
        ({"drawings": -1}, "drawings"),
        ({"validation": "train"}, "held-out"),
        ({"patience": -1}, "patience"),
        ({"precision": "int8"}, "precision"),
    ],
)
def test_a_training_setting_out_of_range_raises_config_error_with_its_name(values, message):
    with pytest.raises(ConfigError, match=message):
        TrainingConfig(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"hidden_units": ()},
        {"hidden_units": (512,) * 5},
        {"hidden_units": (7,)},
        {"hidden_units": (2049,)},
        {"hidden_units": (64.0,)},
        {"dropout": -0.1},
        {"dropout": 0.95},
        {"activation": "step"},
    ],
)
def test_a_model_setting_out_of_range_raises_config_error(values):
    with pytest.raises(ConfigError):
        ModelConfig(**values)


def test_an_imported_network_has_wider_limits_than_one_trained_here():
    odd = ModelConfig(hidden_units=(1, 4096, 3, 3, 3), activation=MIXED, dropout=0.95, imported=True)
    assert parsed(RunConfig(name="odd", model=odd).to_json()).model == odd
    assert ModelConfig(hidden_units=(), activation="linear", imported=True).parameters == 7850
    for values in ({"hidden_units": (8192, 1)}, {"hidden_units": (1,) * 17}, {"hidden_units": (0,)}):
        with pytest.raises(ConfigError):
            ModelConfig(**values, imported=True)


def test_only_an_imported_run_without_a_parent_counts_as_trained_elsewhere():
    run = RunConfig(name="theirs", recipe=IMPORTED)
    assert run.trained_elsewhere
    assert not replace(run, parent="20260101-000000-abcdef").trained_elsewhere
    assert not RunConfig(name="ours").trained_elsewhere


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (CONSTANT, {0: 1, 0.5: 1, 1: 1}),
        (COSINE, {0: 1, 0.5: 0.5, 1: 0}),
        (ONE_CYCLE, {0: 0.04, 0.125: 0.5, 0.25: 1, 0.625: 0.5, 1: 0}),
    ],
)
def test_each_schedule_gives_the_expected_learning_rates(schedule, rates):
    config = TrainingConfig(learning_rate=0.1, schedule=schedule)
    for progress, factor in rates.items():
        assert config.rate_at(progress) == pytest.approx(0.1 * factor, abs=1e-9)


def test_holding_out_digits_leaves_fewer_training_digits():
    config = TrainingConfig(validation=ON_HELD_OUT)
    assert (config.training_digits, config.held_out) == (54_000, 6_000)


@pytest.mark.parametrize(("digits", "expected"), [(100, 100), (54_000, 54_000), (60_000, 54_000)])
def test_a_limited_number_of_digits_limits_the_training_digits(digits, expected):
    assert TrainingConfig(digits=digits, validation=ON_HELD_OUT).training_digits == expected


def test_config_json_of_an_older_version_gets_todays_defaults():
    values = RunConfig(name="old").to_json()
    del values["person"], values["training"]["optimizer"], values["model"]["activation"]
    assert parsed(values) == RunConfig(name="old")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "two\nlines"])
def test_an_empty_long_or_multi_line_run_name_raises_config_error(name):
    with pytest.raises(ConfigError):
        RunConfig(name=name)


def test_a_run_config_survives_a_json_round_trip():
    config = RunConfig(
        name="ä name",
        parent="20260101-000000-abcdef",
        inherited_epochs=3,
        model=ModelConfig(hidden_units=(64, 32), dropout=0.5, scaling=False),
        training=TrainingConfig(epochs=2, batch_size=64, learning_rate=0.01, seed=7),
    )
    assert parsed(config.to_json() | {"versions": {}}) == config


@pytest.mark.parametrize("values", [{}, {"name": 5}, {"name": "x", "model": 3}, {"name": "x", "nickname": 5}])
def test_json_of_another_structure_raises_damaged_file(values):
    with pytest.raises(DamagedFile):
        parsed(values)
