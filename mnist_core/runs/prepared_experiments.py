"""The eight experiments of the app.

Their settings are chosen so that each finding appears within seconds of training, with any seed.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from mnist_core.config import ON_HELD_OUT, ON_TEST_SET, ModelConfig, TrainingConfig
from mnist_core.runs.experiments import CHANCE_ACCURACY, Experiment, Finding, Outcome, Variant

HIDDEN_UNITS = 128  # trained in seconds
LOW_ACCURACY = 0.35  # a network below it has learned almost nothing
MIN_DIFFERENCE = 0.01  # of accuracies; runs with different seeds differ by less
HIGH_ACCURACY = 0.9


def _variant(name: str, model: Mapping[str, Any] | None = None, **training: Any) -> Variant:  # noqa: ANN401
    """A variant of the defaults of this module: one hidden layer, no dropout, validation on held-out digits."""
    plain: dict[str, Any] = {"hidden_units": (HIDDEN_UNITS,), "dropout": 0.0}
    return Variant(
        name, ModelConfig(**plain | dict(model or {})), TrainingConfig(**{"validation": ON_HELD_OUT} | training)
    )


def _list(parts: Iterable[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}"


def _accuracies(outcomes: Mapping[str, Outcome]) -> str:
    return _list(f"{outcome.validation:.1%} with {name}" for name, outcome in outcomes.items())


def _rising(outcomes: Mapping[str, Outcome]) -> bool:
    """Whether each variant's validation accuracy is clearly higher than that of the previous one."""
    right = [outcome.validation for outcome in outcomes.values()]
    return all(after > before + MIN_DIFFERENCE for before, after in pairwise(right))


def _judge_activation(outcomes: Mapping[str, Outcome]) -> Finding:
    sigmoid, relu = (outcomes[name].validation for name in ("sigmoid", "ReLU"))
    return Finding(
        f"After the same five epochs ReLU reads {relu:.1%} of new digits, sigmoid {sigmoid:.1%}.",
        relu > HIGH_ACCURACY and sigmoid < LOW_ACCURACY,
    )


def _judge_scaling(outcomes: Mapping[str, Outcome]) -> Finding:
    scaled, raw = (outcomes[name].validation for name in ("0 to 1", "0 to 255"))
    return Finding(
        f"It reads {scaled:.1%} of new digits with pixels from 0 to 1, and {raw:.1%} with 0 to 255.",
        scaled > HIGH_ACCURACY and raw < LOW_ACCURACY,
    )


def _judge_dropout(outcomes: Mapping[str, Outcome]) -> Finding:
    gaps = [outcome.gap for outcome in outcomes.values()]
    gaps_text = _list(f"{100 * outcome.gap:.1f} points with {name}" for name, outcome in outcomes.items())
    return Finding(
        f"The gap between the curves is {gaps_text}. New digits read: {_accuracies(outcomes)}.",
        all(after < before for before, after in pairwise(gaps))
        and outcomes["50%"].validation > outcomes["0%"].validation,
    )


def _judge_rate(outcomes: Mapping[str, Outcome]) -> Finding:
    low, right, high = (outcomes[name].validation for name in ("0.00001", "0.001", "0.3"))
    return Finding(
        f"Of new digits it reads {_accuracies(outcomes)}.",
        LOW_ACCURACY < low < right - MIN_DIFFERENCE and right > HIGH_ACCURACY and high < LOW_ACCURACY,
    )


def _judge_batch(outcomes: Mapping[str, Outcome]) -> Finding:
    small, large = outcomes["batches of 16"], outcomes["batches of 512"]
    return Finding(
        f"Batches of 16: {small.validation:.1%} of new digits after {small.seconds:.1f} s of training. "
        f"Batches of 512: {large.validation:.1%} after {large.seconds:.1f} s.",
        small.validation > large.validation + MIN_DIFFERENCE and small.seconds > 2 * large.seconds,
    )


def _judge_digits(outcomes: Mapping[str, Outcome]) -> Finding:
    return Finding(f"Of new digits it reads {_accuracies(outcomes)}.", _rising(outcomes))


def _judge_units(outcomes: Mapping[str, Outcome]) -> Finding:
    few, many = outcomes["8 units"], outcomes["2,048 units"]
    return Finding(
        f"Of new digits it reads {_accuracies(outcomes)}. The gap between the curves is {100 * few.gap:.1f} points "
        f"with 8 units and {100 * many.gap:.1f} with 2,048.",
        _rising(outcomes) and many.gap > few.gap,
    )


def _judge_labels(outcomes: Mapping[str, Outcome]) -> Finding:
    right, shuffled = outcomes["right labels"], outcomes["shuffled labels"]
    return Finding(
        f"With shuffled labels it knows {shuffled.training:.1%} of its training digits by heart, and reads "
        f"{shuffled.validation:.1%} of new digits. With the right labels: {right.training:.1%} and "
        f"{right.validation:.1%}.",
        shuffled.training > HIGH_ACCURACY
        and abs(shuffled.validation - CHANCE_ACCURACY) < CHANCE_ACCURACY / 2 < right.validation,
    )


_ALL = (
    Experiment(
        id="activation",
        title="Sigmoid against ReLU",
        question="Why do deep networks use ReLU?",
        reading=(
            "Both networks have four hidden layers and differ in one thing: what a unit does with the sum of its "
            "inputs.\n\n"
            "**Sigmoid** squeezes the sum between 0 and 1. Its slope is 1/4 where it is steepest. Learning goes "
            "backwards through the layers and multiplies the slopes on its way; behind four sigmoids less than 1/256 "
            "is left, so the first layers hardly move. **ReLU** passes on what is positive, with a slope of 1: "
            "nothing is lost.\n\n"
            "**Watch** how long the sigmoid's curve stays flat. (Both use plain SGD. Adam makes small slopes large "
            "again; try it on the first tab.)"
        ),
        expected="ReLU reads more than nine digits of ten; sigmoid has hardly begun.",
        variants=tuple(
            _variant(
                name,
                {"hidden_units": (HIDDEN_UNITS,) * 4, "activation": activation},
                optimizer="sgd",
                learning_rate=0.01,
                epochs=5,
            )
            for name, activation in (("sigmoid", "sigmoid"), ("ReLU", "relu"))
        ),
        judge=_judge_activation,
    ),
    Experiment(
        id="scaling",
        title="Scaling on and off",
        question="Why are pixels divided by 255?",
        reading=(
            "A pixel is a number from 0 to 255. Almost everybody divides it by 255 first. Here one network gets the "
            "numbers from 0 to 1, the other as they are.\n\n"
            "A weight's slope is multiplied by the input that it belongs to. With inputs 255 times as large, slopes "
            "are 255 times as steep, and the very first steps throw the weights far away. Units end up where they "
            "never fire again.\n\n"
            "**Watch** the curve of 0 to 255: 10 % is what guessing gives."
        ),
        expected="With 0 to 1 it learns; with 0 to 255 the same steps are far too long, and it only guesses.",
        variants=tuple(
            _variant(name, {"scaling": scaling}, optimizer="sgd", learning_rate=0.01, epochs=4)
            for name, scaling in (("0 to 1", True), ("0 to 255", False))
        ),
        judge=_judge_scaling,
    ),
    Experiment(
        id="dropout",
        title="Dropout",
        question="How does switching units off help?",
        reading=(
            "Three large networks learn the same 10,000 digits. In each batch, dropout switches a share of the "
            "hidden units off at random: none, 20 % or 50 %.\n\n"
            "Without dropout units can rely on each other and learn the training digits by heart. With dropout no "
            "unit knows who will be there, so each has to be of use by itself. In use, all units are on.\n\n"
            "**Watch the gap** between the dashed curve, the digits it learns from, and the solid one, digits it has "
            "never seen. (The dashed curve is measured while units are off, so dropout lowers it a little besides.)"
        ),
        expected="The more dropout, the smaller the gap. New digits are read a little better.",
        variants=tuple(
            _variant(f"{dropout:.0%}", {"hidden_units": (512, 512), "dropout": dropout}, digits=10_000, epochs=20)
            for dropout in (0.0, 0.2, 0.5)
        ),
        judge=_judge_dropout,
        gap=True,
    ),
    Experiment(
        id="rate",
        title="Learning rate",
        question="How long should a step be?",
        reading=(
            "Learning is walking downhill in fog: feel the slope under your feet, take a step, feel again. The "
            "learning rate is the length of the step.\n\n"
            "With tiny steps one gets down, but it takes very long. With huge steps one leaps across the valley to "
            "the other side, and up. In between it goes well.\n\n"
            "**Watch** which curve crawls, which climbs, and which jumps about."
        ),
        expected="0.001 is right. 0.00001 is too slow for four epochs, and 0.3 does little better than guessing.",
        variants=tuple(_variant(name, learning_rate=float(name), epochs=4) for name in ("0.00001", "0.001", "0.3")),
        judge=_judge_rate,
    ),
    Experiment(
        id="batch",
        title="Batch size",
        question="Many small steps or few sure ones?",
        reading=(
            "A batch is how many digits the network looks at before it takes a step. Both networks see all training "
            "digits five times. With batches of 16 that is 16,875 steps, with 512 only 530.\n\n"
            "The slope of few digits is a rough guess, that of many is surer. But many rough steps lead further than "
            "few sure ones. Large batches have another advantage: a computer handles 512 digits at once much faster "
            "than 32 times 16.\n\n"
            "**Watch** the accuracy after the same epoch, and the seconds in the table."
        ),
        expected="16 reads more after the same epochs; 512 is done in a fraction of the time.",
        variants=tuple(_variant(f"batches of {size}", batch_size=size, epochs=5) for size in (16, 512)),
        judge=_judge_batch,
    ),
    Experiment(
        id="digits",
        title="Number of digits",
        question="What are many examples good for?",
        reading=(
            "The same network learns from 100, 1,000, 10,000 and 60,000 digits. The fewer there are, the more often "
            "it sees each of them, until nothing gets better any more. (So the steps differ: 240 with 100 digits, "
            "18,750 with 60,000.)\n\n"
            "Few digits are soon known by heart, but they show few ways to write a 4. What the network has never "
            "seen anything like, it gets wrong.\n\n"
            "**Watch** how far apart the curves end. (All are tried on MNIST's 10,000 test digits. That is fair "
            "here: no setting is chosen by it.)"
        ),
        expected="Each time ten times as many digits, and each time clearly fewer errors.",
        variants=tuple(
            _variant(f"{digits:,} digits", digits=digits, epochs=epochs, batch_size=32, validation=ON_TEST_SET)
            for digits, epochs in ((100, 60), (1_000, 40), (10_000, 20), (60_000, 10))
        ),
        judge=_judge_digits,
    ),
    Experiment(
        id="units",
        title="8 units against 2,048",
        question="How large should a network be?",
        reading=(
            "One hidden layer, small or large: 8 units have 6,370 weights and biases, 2,048 units have 1,628,170, 30 "
            "for each training digit.\n\n"
            "All that the network knows of a picture has to pass through that layer. 8 numbers are not enough to "
            "tell all ways of writing ten digits apart. 2,048 are more than enough: so many that it can begin to "
            "learn single digits by heart.\n\n"
            "**Watch** both ends: where the solid curves stop rising, and how far the dashed ones leave them."
        ),
        expected="2,048 units read far more. They also show a gap between training and new digits; 8 units hardly do.",
        variants=tuple(
            _variant(f"{units:,} units", {"hidden_units": (units,)}, epochs=5, batch_size=256) for units in (8, 2_048)
        ),
        judge=_judge_units,
        gap=True,
    ),
    Experiment(
        id="labels",
        title="Shuffled labels",
        question="Does it understand, or does it learn by heart?",
        reading=(
            "1,000 digits, and a network that is large for so few. In one training each digit has its own label. In "
            "the other the labels are shuffled: a 3 may be called 7, the next 3 may be called 0. There is nothing "
            "left to understand.\n\n"
            "A large network learns that too, digit by digit, by heart. Reading its training digits well says "
            "nothing about what it has understood; only new digits do (Zhang et al., 2017).\n\n"
            "**Watch** the dashed curve of the shuffled labels climb, and its solid one stay at 10 %."
        ),
        expected="It learns the shuffled labels too, nearly all of them, and then reads new digits as if it guessed.",
        variants=tuple(
            _variant(name, {"hidden_units": (512,)}, digits=1_000, epochs=40, batch_size=50, shuffled_labels=shuffled)
            for name, shuffled in (("right labels", False), ("shuffled labels", True))
        ),
        judge=_judge_labels,
        gap=True,
    ),
)
EXPERIMENTS = {experiment.id: experiment for experiment in _ALL}
