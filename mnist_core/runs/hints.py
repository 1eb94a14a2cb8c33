"""Hints: what a run's curves and its newest weights say of how it was trained, by plain rules.

A rule looks at the evidence and gives a hint, or None where it has nothing to say.
"""

import math
from collections.abc import Callable
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
from mnist_core.runs.run import Run
from mnist_core.runs.snapshot import read_snapshot
from mnist_core.runs.status import FAILED, FINISHED
from mnist_core.runs.weight_statistics import Activity, activity

CHANCE = math.log(10)  # nats: the loss of a network that gives each of ten digits the same probability
EXPLODED = 3 * CHANCE  # a new network on scaled digits starts at about CHANCE, and a training lowers that
GUESSING = 0.9 * CHANCE
RISEN = 1.5  # times its lowest: far more than a loss moves by chance from epoch to epoch
SMALL_LOSS = 0.1  # nats: below it the loss may well double by chance

USUAL_RATES = {"adam": 1e-3, "adamw": 1e-3, "rmsprop": 1e-3, "sgd": 1e-2}  # Keras' own
SLOW = 10  # times below the usual rate
LEARNED = 0.95  # right answers to training digits: whoever has that many is not slow
STILL_FALLING = 0.001  # of the loss, from one epoch to the next

RECENT = 3  # epochs over which a curve that jumps up and down is averaged, and that a minimum must lie back
WORSE = 1.1  # times its lowest: a tenth more is more than the average of RECENT epochs jumps

MANY_DEAD = 0.1  # of a layer's units
MOSTLY_FLAT = 0.5  # of a layer's answers
STILL_GAINING = 0.05  # of the errors, in the last epoch


@dataclass(frozen=True)
class Evidence:
    """What the rules look at; ``epochs`` and ``batches`` are columns as Run has them."""

    config: RunConfig
    epochs: dict[str, np.ndarray]
    batches: dict[str, np.ndarray]
    ended: bool = False  # it has trained all the epochs that were asked for
    diverged: bool = False
    layers: tuple[Activity, ...] = ()  # of the newest snapshot's hidden layers; none while there is no snapshot

    @classmethod
    def of(cls, run: Run, digits: np.ndarray) -> Self:
        """That of ``run`` as it is now; its hidden layers are tried on ``digits``, uint8 (N, 28, 28).

        Raises RunError when a file of it is damaged.
        """
        status, newest = run.status, max(run.snapshots, default=None)
        return cls(
            config=run.config,
            epochs=run.epochs,
            batches=run.batches,
            ended=status.state == FINISHED,
            diverged=status.state == FAILED and status.diverged,
            layers=activity(read_snapshot(run, newest), digits) if newest else (),
        )


@dataclass(frozen=True)
class Cure:
    """What to try next: in words, and as the settings of a new run."""

    words: str
    model: ModelConfig
    training: TrainingConfig


@dataclass(frozen=True)
class Hint:
    """What was found, with this run's numbers, why it is so in general, and what may help."""

    title: str
    finding: str
    why: str
    cure: Cure | None = None


def hints(evidence: Evidence) -> list[Hint]:
    """What the rules say, the most urgent first. Nothing of a run that was trained elsewhere: it has no curves."""
    if evidence.config.trained_elsewhere:
        return []
    found = {rule: hint for rule in RULES if (hint := rule(evidence))}
    # A training that goes wrong altogether says nothing of its details, and a slow one is also not done yet.
    if diverging in found:
        found = {rule: hint for rule, hint in found.items() if rule in (diverging, saturating, validating)}
    if slow in found:
        found.pop(under_trained, None)
    return list(found.values())


def diverging(evidence: Evidence) -> Hint | None:
    """The loss grows instead of falling."""
    losses, peak = evidence.epochs["loss"], max(evidence.batches["loss"], default=0.0)
    if evidence.diverged:
        finding = "The loss grew until it was no longer a number."
    elif len(losses) and losses[-1] > GUESSING and peak > EXPLODED:
        finding = (
            f"The loss jumped to {peak:,.0f} and was {losses[-1]:,.2f} in the last epoch; guessing has {CHANCE:.2f}."
        )
    elif len(losses) and losses[-1] > max(RISEN * losses.min(), SMALL_LOSS):
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
        _cure(evidence, f"Try a learning rate of {plain_number(rate)}", {"scaling": True}, {"learning_rate": rate}),
    )


def slow(evidence: Evidence) -> Hint | None:
    """The learning rate is so low that it would take very many epochs."""
    training, losses, right = evidence.config.training, evidence.epochs["loss"], evidence.epochs["accuracy"]
    usual = USUAL_RATES[training.optimizer]
    if training.learning_rate > usual / SLOW or len(losses) < 2 or right[-1] > LEARNED:
        return None
    if losses[-1] > (1 - STILL_FALLING) * losses[-2]:
        return None
    return Hint(
        "The learning rate is low",
        f"With {plain_number(training.learning_rate)} it reads {right[-1]:.1%} of its training digits after "
        f"{_epochs(evidence)}, and is still on its way.",
        "The learning rate says how long a step is. Short steps lead downhill too, but it takes very many of them. "
        f"{plain_number(usual)} is the usual start for this optimizer.",
        _cure(evidence, f"Try a learning rate of {plain_number(usual)}", training={"learning_rate": usual}),
    )


def over_fitting(evidence: Evidence) -> Hint | None:
    """From some epoch on it gets better on the training digits only."""
    losses, validation = evidence.epochs["loss"], evidence.epochs["val_loss"]
    if len(losses) <= RECENT:
        return None
    best = int(validation.argmin())
    recent = float(validation[-RECENT:].mean())
    if best >= len(losses) - RECENT or recent < WORSE * validation[best] or losses[-1] > losses[best]:
        return None
    return Hint(
        f"Over-fitting begins after epoch {int(evidence.epochs['epoch'][best])}",
        f"Since then the loss on digits it does not learn from rose from {validation[best]:.3f} to about "
        f"{recent:.3f}, while that on its training digits fell from {losses[best]:.3f} to {losses[-1]:.3f}.",
        "It has begun to learn its training digits by heart, smudges and all, which is of no use for others. More "
        "digits, dropout or distortions leave it less to learn by heart. The accuracy may go on rising for a "
        "while; it is the sureness of its wrong answers that grows first.",
        _cure_for_over_fitting(evidence),
    )


def _cure_for_over_fitting(evidence: Evidence) -> Cure | None:
    training = evidence.config.training
    if training.shuffled_labels:
        return _cure(evidence, "Try the right labels", training={"shuffled_labels": False})
    if training.digits < TRAINING_DIGITS:
        return _cure(evidence, f"Try all {TRAINING_DIGITS:,} digits", training={"digits": TRAINING_DIGITS})
    if evidence.config.model.dropout < 0.2:
        return _cure(evidence, "Try a dropout of 20 %", {"dropout": 0.2})
    return _cure(evidence, "Try distorted digits", training={"distortions": True})


def dead(evidence: Evidence) -> Hint | None:
    """Many units never fire."""
    if evidence.config.model.activation != "relu" or not evidence.layers:
        return None
    shares = [layer.dead for layer in evidence.layers]
    worst = int(np.argmax(shares))
    if shares[worst] < MANY_DEAD:
        return None
    units = evidence.config.model.hidden_units[worst]
    training, usual = evidence.config.training, USUAL_RATES[evidence.config.training.optimizer]
    if training.learning_rate > usual:
        cure = _cure(evidence, f"Try a learning rate of {plain_number(usual)}", training={"learning_rate": usual})
    else:
        cure = _cure(evidence, "Try GELU", {"activation": "gelu"})
    return Hint(
        "Many units are dead",
        f"{round(shares[worst] * units):,} of the {units:,} units of hidden layer {worst + 1} never fire.",
        "A ReLU unit whose sum is negative passes on 0, and no slope comes back. If that is so for every digit, "
        "nothing can wake it any more: it is lost. Long steps push units there, and weight decay takes the weights of "
        "those that hardly help. Smaller steps do so less, and an activation with a slope on both sides, such as "
        "GELU, hardly ever.",
        cure,
    )


def saturating(evidence: Evidence) -> Hint | None:
    """The hidden units of a sigmoid or tanh network are pushed into the flat ends of their curve."""
    if evidence.config.model.activation not in ("sigmoid", "tanh") or not evidence.layers:
        return None
    shares = [layer.flat for layer in evidence.layers]
    worst = int(np.argmax(shares))
    if shares[worst] < MOSTLY_FLAT:
        return None
    name = evidence.config.model.activation
    cure = (
        _cure(evidence, "Try ReLU", {"activation": "relu"})
        if evidence.config.model.scaling
        else _cure(evidence, "Try pixels scaled to 0..1", {"scaling": True})
    )
    return Hint(
        f"The {name} units are saturated",
        f"In hidden layer {worst + 1}, {shares[worst]:.0%} of all answers lie where {name} is flat.",
        f"Far from 0, {name} hardly changes: all sums give almost the same answer, and almost no slope comes back to "
        "learn by. Large inputs push it there, such as pixels up to 255. ReLU is never flat where it fires.",
        cure,
    )


def under_trained(evidence: Evidence) -> Hint | None:
    """It ended while it was still getting better."""
    training, right = evidence.config.training, evidence.epochs["val_accuracy"]
    # Other schedules let the rate run out on purpose, which gains most at the very end.
    if not evidence.ended or training.schedule != CONSTANT or not len(right):
        return None
    before = right[:-1].max(initial=0.0)
    if len(right) > 1 and 1 - right[-1] > (1 - STILL_GAINING) * (1 - before):
        return None
    epochs = min(2 * training.epochs, MAX_EPOCHS)
    if epochs == training.epochs:
        return None
    gained = f", in the last one from {before:.2%} to {right[-1]:.2%}" if len(right) > 1 else ""
    return Hint(
        "It could have learned longer",
        f"It stopped after {_epochs(evidence)} and was still getting better{gained}.",
        "Each epoch shows it all training digits once more. While digits that it does not learn from are read better "
        "and better, it has not learned all it can. Train further goes on with this network; a new run starts afresh.",
        _cure(evidence, f"Try {epochs} epochs", training={"epochs": epochs}),
    )


def validating(evidence: Evidence) -> Hint | None:
    """It is watched on the test set, as in the book."""
    if evidence.config.training.validation != ON_TEST_SET:
        return None
    return Hint(
        "It is watched on the test set",
        "Its curves and its final score come from the same 10,000 digits.",
        "Who tries many settings and keeps what scores best on the test set also keeps luck, and the score looks "
        "better than the network is. So one holds back some training digits to choose by, and looks at the test "
        "set once, at the end. The book does it the simple way.",
        _cure(evidence, "Try digits held out", training={"validation": ON_HELD_OUT}),
    )


RULES: tuple[Callable[[Evidence], Hint | None], ...] = (
    diverging,
    slow,
    saturating,
    dead,
    over_fitting,
    under_trained,
    validating,
)


def _cure(
    evidence: Evidence, words: str, model: dict[str, Any] | None = None, training: dict[str, Any] | None = None
) -> Cure | None:
    """A new run with these changes; None where nothing would change, or this network cannot be built here anew."""
    before = evidence.config
    if before.model.imported:
        return None
    after = replace(before.model, **model or {}), replace(before.training, **training or {})
    if after == (before.model, before.training):
        return None
    # Drawings belong to the run that was taught them.
    return Cure(words, after[0], replace(after[1], drawings=0))


def _epochs(evidence: Evidence) -> str:
    epochs = int(evidence.epochs["epoch"][-1])
    return f"{epochs} epoch{'' if epochs == 1 else 's'}"
