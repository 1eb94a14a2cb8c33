"""How long a training should take: a guess at first, then by what others took."""

import pytest

from mnist_core.config import FASTEST, ModelConfig, RunConfig, TrainingConfig
from mnist_core.recipes import RECIPES
from mnist_core.runs import pace

BOOK = RunConfig(name="book", model=RECIPES["book"].model, training=RECIPES["book"].training)


def book(**training) -> RunConfig:
    return RunConfig(name="changed", model=BOOK.model, training=TrainingConfig(**vars(BOOK.training) | training))


def test_the_first_guess_is_of_the_right_size(home):
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


def test_fewer_digits_take_less_time(home):
    assert pace.expected_seconds(book(validation="held-out"), home) < pace.expected_seconds(BOOK, home)


def test_what_a_training_took_is_expected_of_the_next_one(home):
    pace.remember(BOOK, home, epochs=20, seconds=300.0)
    assert pace.is_measured(BOOK, home)
    assert pace.expected_seconds(BOOK, home) == pytest.approx(300, rel=0.05)
    assert pace.expected_seconds(book(epochs=10), home) == pytest.approx(150, rel=0.05)


def test_the_newest_counts_as_much_as_all_before_it(home):
    for seconds in (100.0, 100.0, 200.0):
        pace.remember(BOOK, home, epochs=20, seconds=seconds)
    assert pace.expected_seconds(BOOK, home) == pytest.approx(150, rel=0.05)


def test_a_kind_that_was_never_timed_is_guessed_from_one_that_was(home):
    guess = pace.expected_seconds(book(precision=FASTEST), home)
    pace.remember(BOOK, home, epochs=20, seconds=10 * pace.expected_seconds(BOOK, home))
    assert not pace.is_measured(book(precision=FASTEST), home)
    assert pace.expected_seconds(book(precision=FASTEST), home) == pytest.approx(10 * guess, rel=0.1)


@pytest.mark.parametrize("content", ["", "[]", '{"float32": "soon"}', "\x00"])
def test_a_damaged_memory_costs_only_the_better_guess(home, content):
    guess = pace.expected_seconds(BOOK, home)
    (home / pace.FILE).write_text(content)
    assert pace.expected_seconds(BOOK, home) == guess
    pace.remember(BOOK, home, epochs=20, seconds=300.0)
    assert pace.is_measured(BOOK, home)
