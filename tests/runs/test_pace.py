"""Tests of the expected seconds of a training, a rule of thumb first, then measurements, and of robustness."""

import pytest

from mnist_core.config import FASTEST, ModelConfig, RunConfig, TrainingConfig
from mnist_core.recipes import RECIPES
from mnist_core.runs import pace

BOOK = RunConfig(name="book", model=RECIPES["book"].model, training=RECIPES["book"].training)


def book(**training) -> RunConfig:
    return RunConfig(name="changed", model=BOOK.model, training=TrainingConfig(**vars(BOOK.training) | training))


def test_the_estimate_without_measurements_has_the_right_magnitude(home):
    assert not pace.is_measured(BOOK, home)
    assert 20 < pace.expected_seconds(BOOK, home) < 120, "seconds, on 2 cores"


@pytest.mark.parametrize(
    "more",
    [
        book(epochs=40),
        book(batch_size=16),
        book(distortions=True),
        RunConfig(name="wide", model=ModelConfig(hidden_units=(2048, 2048)), training=BOOK.training),
        RunConfig(name="deep", model=ModelConfig(hidden_units=(512,) * 4), training=BOOK.training),
    ],
)
def test_more_work_takes_longer(home, more):
    assert pace.expected_seconds(more, home) > pace.expected_seconds(BOOK, home)


def test_a_larger_network_takes_longer_to_measure_its_robustness():
    wide = ModelConfig(hidden_units=(2048, 2048))
    assert 5 < pace.expected_robustness_seconds(BOOK.model) < pace.expected_robustness_seconds(wide) < 60


def test_fewer_digits_take_less_time(home):
    assert pace.expected_seconds(book(validation="held-out"), home) < pace.expected_seconds(BOOK, home)


def test_a_measured_time_is_the_estimate_for_the_next_training(home):
    pace.record(BOOK, home, epochs=20, seconds=300.0)
    assert pace.is_measured(BOOK, home)
    assert pace.expected_seconds(BOOK, home) == pytest.approx(300, rel=0.05)
    assert pace.expected_seconds(book(epochs=10), home) == pytest.approx(150, rel=0.05)


def test_the_newest_measurement_weighs_as_much_as_all_earlier_ones(home):
    for seconds in (100.0, 100.0, 200.0):
        pace.record(BOOK, home, epochs=20, seconds=seconds)
    assert pace.expected_seconds(BOOK, home) == pytest.approx(150, rel=0.05)


def test_the_estimate_of_an_unmeasured_kind_is_scaled_by_a_measured_one(home):
    guess = pace.expected_seconds(book(precision=FASTEST), home)
    pace.record(BOOK, home, epochs=20, seconds=10 * pace.expected_seconds(BOOK, home))
    assert not pace.is_measured(book(precision=FASTEST), home)
    assert pace.expected_seconds(book(precision=FASTEST), home) == pytest.approx(10 * guess, rel=0.1)


@pytest.mark.parametrize("content", ["", "[]", '{"float32": "soon"}', "\x00"])
def test_a_damaged_file_falls_back_to_the_unmeasured_estimate(home, content):
    guess = pace.expected_seconds(BOOK, home)
    (home / pace.FILE).write_text(content)
    assert pace.expected_seconds(BOOK, home) == guess
    pace.record(BOOK, home, epochs=20, seconds=300.0)
    assert pace.is_measured(BOOK, home)
