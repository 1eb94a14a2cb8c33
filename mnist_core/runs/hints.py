"""Hints about a run's training: rules that check its curves and newest weights."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from mnist_core.config import (
    CONSTANT,
    MAX_EPOCHS,
    ON_HELD_OUT,
    ON_TEST_SET,
    TRAINING_DIGITS,
    ModelConfig,
    RunConfig,
    TrainingConfig,
    plain_number,
)
from mnist_core.errors import RunError
from mnist_core.runs.run import Run
from mnist_core.runs.snapshot import read_snapshot
from mnist_core.runs.status import FAILED, FINISHED
from mnist_core.runs.weight_statistics import Activity, activity

CHANCE_LOSS = math.log(10)  # nats: the loss of a network that gives each of ten digits the same probability
EXPLODED_LOSS = 3 * CHANCE_LOSS  # a new network starts at about CHANCE_LOSS, and training lowers the loss
GUESSING_LOSS = 0.9 * CHANCE_LOSS
LOSS_RISE_FACTOR = 1.5  # times the lowest loss: far more than the noise from epoch to epoch
SMALL_LOSS = 0.1  # nats: below it a loss may double by chance

USUAL_RATES = {"adam": 1e-3, "adamw": 1e-3, "rmsprop": 1e-3, "sgd": 1e-2}  # Keras' defaults
SLOW_RATE_FACTOR = 10  # a rate is slow if it is this many times lower than usual
LEARNED_ACCURACY = 0.95  # training accuracy: above it the rate is not too low
MIN_LOSS_DECREASE = 0.001  # relative, from one epoch to the next

RECENT_EPOCHS = 3  # a noisy curve is averaged over them, and the minimum must be before them
OVERFIT_FACTOR = 1.1  # times the lowest loss: above the noise of an average over RECENT_EPOCHS

DEAD_SHARE_THRESHOLD = 0.1  # of a layer's units
FLAT_SHARE_THRESHOLD = 0.5  # of a layer's outputs
MIN_ERROR_DECREASE = 0.05  # relative, in the last epoch


@dataclass(frozen=True)
class Evidence:
    """The input of the rules; ``epochs`` and ``batches`` are the columns of Run's properties."""

    config: RunConfig
    epochs: dict[str, np.ndarray]
    batches: dict[str, np.ndarray]
    ended: bool = False  # all epochs are done
    diverged: bool = False
    layers: tuple[Activity, ...] = ()  # hidden layers of the newest snapshot; empty without one

    @classmethod
    def of(cls, run: Run, digits: np.ndarray) -> Self:
        """Collect the current evidence of ``run``; ``digits``, uint8 (N, 28, 28), are the input of the hidden layers.

        A snapshot that cannot be read counts as none: a network that diverged can have weights that are not finite.
        Raises RunError when another file is damaged.
        """
        status, newest = run.read_status(), max(run.snapshots(), default=None)
        layers: tuple[Activity, ...] = ()
        with suppress(RunError):
            if newest:
                layers = activity(read_snapshot(run, newest), digits)
        return cls(
            config=run.read_config(),
            epochs=run.read_epochs(),
            batches=run.read_batches(),
            ended=status.state == FINISHED,
            diverged=status.state == FAILED and status.diverged,
            layers=layers,
        )


@dataclass(frozen=True)
class Suggestion:
    """A proposed change, as text and as the settings of a new run."""

    text: str
    model: ModelConfig
    training: TrainingConfig


@dataclass(frozen=True)
class Hint:
    """A problem of a training: the finding with numbers, the general reason, and a suggestion."""

    title: str
    finding: str
    why: str
    suggestion: Suggestion | None = None


def hints(evidence: Evidence) -> list[Hint]:
    """The hints of all rules, most urgent first; none for a run that was trained elsewhere, which has no curves."""
    if evidence.config.trained_elsewhere:
        return []
    fired = {rule: hint for rule in RULES if (hint := rule(evidence))}
    # A diverging training makes other hints useless; a low learning rate explains an unfinished training.
    if diverging in fired:
        fired = {rule: hint for rule, hint in fired.items() if rule in (diverging, saturating, validated_on_test_set)}
    if low_learning_rate in fired:
        fired.pop(under_trained, None)
    return list(fired.values())


def diverging(evidence: Evidence) -> Hint | None:
    """The loss increases."""
    losses, peak = evidence.epochs["loss"], max(evidence.batches["loss"], default=0.0)
    if evidence.diverged:
        finding = "The loss grew until it was no longer a number."
    elif len(losses) and losses[-1] > GUESSING_LOSS and peak > EXPLODED_LOSS:
        finding = (
            f"The loss jumped to {peak:,.0f} and was {losses[-1]:,.2f} in the last epoch; "
            f"guessing has {CHANCE_LOSS:.2f}."
        )
    elif len(losses) and losses[-1] > max(LOSS_RISE_FACTOR * losses.min(), SMALL_LOSS):
        best = int(evidence.epochs["epoch"][losses.argmin()])
        finding = f"The training loss was {losses.min():.3f} in epoch {best} and is {losses[-1]:.3f} now."
    else:
        return None
    rate = max(round(evidence.config.training.learning_rate / 10, 9), 1e-6)
    return Hint(
        "The training goes wrong",
        finding,
        "A step follows the slope where the network stands. Too long a step lands on the other side of the valley, "
        "higher than before; the next slope is steeper and the next step longer still. Smaller steps stay in it. "
        "Pixels up to 255 make all slopes steep, so scaling them to 0..1 helps too.",
        _suggest(evidence, f"Try a learning rate of {plain_number(rate)}", {"scaling": True}, {"learning_rate": rate}),
    )


def low_learning_rate(evidence: Evidence) -> Hint | None:
    """The learning rate is so low that training would take very many epochs."""
    training, losses, right = evidence.config.training, evidence.epochs["loss"], evidence.epochs["accuracy"]
    usual = USUAL_RATES[training.optimizer]
    if training.learning_rate > usual / SLOW_RATE_FACTOR or len(losses) < 2 or right[-1] > LEARNED_ACCURACY:
        return None
    if losses[-1] > (1 - MIN_LOSS_DECREASE) * losses[-2]:
        return None
    return Hint(
        "The learning rate is low",
        f"With {plain_number(training.learning_rate)} it reads {right[-1]:.1%} of its training digits after "
        f"{_epochs(evidence)}, and is still on its way.",
        "The learning rate says how long a step is. Short steps lead downhill too, but it takes very many of them. "
        f"{plain_number(usual)} is the usual start for this optimizer.",
        _suggest(evidence, f"Try a learning rate of {plain_number(usual)}", training={"learning_rate": usual}),
    )


def over_fitting(evidence: Evidence) -> Hint | None:
    """From some epoch on, only the training loss decreases, while the validation loss increases."""
    losses, validation = evidence.epochs["loss"], evidence.epochs["val_loss"]
    if len(losses) <= RECENT_EPOCHS:
        return None
    best = int(validation.argmin())
    recent = float(validation[-RECENT_EPOCHS:].mean())
    if best >= len(losses) - RECENT_EPOCHS or recent < OVERFIT_FACTOR * validation[best] or losses[-1] > losses[best]:
        return None
    return Hint(
        f"Over-fitting begins after epoch {int(evidence.epochs['epoch'][best])}",
        f"Since then the loss on digits it does not learn from rose from {validation[best]:.3f} to about "
        f"{recent:.3f}, while that on its training digits fell from {losses[best]:.3f} to {losses[-1]:.3f}.",
        "It has begun to learn its training digits by heart, smudges and all, which is of no use for others. More "
        "digits, dropout or distortions leave it less to learn by heart. The accuracy may go on rising for a "
        "while; it is the sureness of its wrong answers that grows first.",
        _suggest_for_overfitting(evidence),
    )


def _suggest_for_overfitting(evidence: Evidence) -> Suggestion | None:
    training = evidence.config.training
    if training.shuffled_labels:
        return _suggest(evidence, "Try the right labels", training={"shuffled_labels": False})
    if training.digits < TRAINING_DIGITS:
        return _suggest(evidence, f"Try all {TRAINING_DIGITS:,} digits", training={"digits": TRAINING_DIGITS})
    if evidence.config.model.dropout < 0.2:
        return _suggest(evidence, "Try a dropout of 20 %", {"dropout": 0.2})
    return _suggest(evidence, "Try distorted digits", training={"distortions": True})


def dead_relu_units(evidence: Evidence) -> Hint | None:
    """Many ReLU units never fire."""
    if evidence.config.model.activation != "relu" or not evidence.layers:
        return None
    shares = [layer.dead for layer in evidence.layers]
    worst = int(np.argmax(shares))
    if shares[worst] < DEAD_SHARE_THRESHOLD:
        return None
    units = evidence.config.model.hidden_units[worst]
    training, usual = evidence.config.training, USUAL_RATES[evidence.config.training.optimizer]
    if training.learning_rate > usual:
        advice = _suggest(evidence, f"Try a learning rate of {plain_number(usual)}", training={"learning_rate": usual})
    else:
        advice = _suggest(evidence, "Try GELU", {"activation": "gelu"})
    return Hint(
        "Many units are dead",
        f"{round(shares[worst] * units):,} of the {units:,} units of hidden layer {worst + 1} never fire.",
        "A ReLU unit whose sum is negative passes on 0, and no slope comes back. If that is so for every digit, "
        "nothing can wake it any more: it is lost. Long steps push units there, and weight decay takes the weights of "
        "those that hardly help. Smaller steps do so less, and an activation with a slope on both sides, such as "
        "GELU, hardly ever.",
        advice,
    )


def saturating(evidence: Evidence) -> Hint | None:
    """Many outputs of sigmoid or tanh units are saturated."""
    if evidence.config.model.activation not in ("sigmoid", "tanh") or not evidence.layers:
        return None
    shares = [layer.flat for layer in evidence.layers]
    worst = int(np.argmax(shares))
    if shares[worst] < FLAT_SHARE_THRESHOLD:
        return None
    name = evidence.config.model.activation
    advice = (
        _suggest(evidence, "Try ReLU", {"activation": "relu"})
        if evidence.config.model.scaling
        else _suggest(evidence, "Try pixels scaled to 0..1", {"scaling": True})
    )
    return Hint(
        f"The {name} units are saturated",
        f"In hidden layer {worst + 1}, {shares[worst]:.0%} of all answers lie where {name} is flat.",
        f"Far from 0, {name} hardly changes: all sums give almost the same answer, and almost no slope comes back to "
        "learn by. Large inputs push it there, such as pixels up to 255. ReLU is never flat where it fires.",
        advice,
    )


def under_trained(evidence: Evidence) -> Hint | None:
    """The training ended while the validation accuracy was still increasing."""
    training, right = evidence.config.training, evidence.epochs["val_accuracy"]
    # Other schedules lower the rate to 0, which improves accuracy most in the last epochs.
    if not evidence.ended or training.schedule != CONSTANT or not len(right):
        return None
    before = right[:-1].max(initial=0.0)
    if len(right) > 1 and 1 - right[-1] > (1 - MIN_ERROR_DECREASE) * (1 - before):
        return None
    epochs = min(2 * training.epochs, MAX_EPOCHS)
    if epochs == training.epochs:
        return None
    improvement = f", in the last one from {before:.2%} to {right[-1]:.2%}" if len(right) > 1 else ""
    return Hint(
        "It could have learned longer",
        f"It stopped after {_epochs(evidence)} and was still getting better{improvement}.",
        "Each epoch shows it all training digits once more. While digits that it does not learn from are read better "
        "and better, it has not learned all it can. Train further goes on with this network; a new run starts afresh.",
        _suggest(evidence, f"Try {epochs} epochs", training={"epochs": epochs}),
    )


def validated_on_test_set(evidence: Evidence) -> Hint | None:
    """The test set is used for validation, as in the book."""
    if evidence.config.training.validation != ON_TEST_SET:
        return None
    return Hint(
        "It is watched on the test set",
        "Its curves and its final score come from the same 10,000 digits.",
        "Who tries many settings and keeps what scores best on the test set also keeps luck, and the score looks "
        "better than the network is. So one holds back some training digits to choose by, and looks at the test "
        "set once, at the end. The book does it the simple way.",
        _suggest(evidence, "Try digits held out", training={"validation": ON_HELD_OUT}),
    )


RULES: tuple[Callable[[Evidence], Hint | None], ...] = (
    diverging,
    low_learning_rate,
    saturating,
    dead_relu_units,
    over_fitting,
    under_trained,
    validated_on_test_set,
)


def _suggest(
    evidence: Evidence, text: str, model: dict[str, Any] | None = None, training: dict[str, Any] | None = None
) -> Suggestion | None:
    """Suggest a new run with these changes; None without any change, and for an imported network."""
    before = evidence.config
    if before.model.imported:
        return None
    after = replace(before.model, **model or {}), replace(before.training, **training or {})
    if after == (before.model, before.training):
        return None
    # Drawings belong to the fine-tuning run only.
    return Suggestion(text, after[0], replace(after[1], drawings=0))


def _epochs(evidence: Evidence) -> str:
    epochs = int(evidence.epochs["epoch"][-1])
    return f"{epochs} epoch{'' if epochs == 1 else 's'}"
