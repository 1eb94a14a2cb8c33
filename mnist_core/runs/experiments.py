"""Experiments: trainings that differ in one thing, what they should show, and what they then did."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED, Status

GUESSING = 0.1  # of the digits are right by mere guessing


@dataclass(frozen=True)
class Variant:
    """One of an experiment's trainings; ``name`` says what is different about it."""

    name: str
    model: ModelConfig
    training: TrainingConfig


@dataclass(frozen=True)
class Outcome:
    """How a variant's run ended: shares of right answers, 0 to 1, in its last epoch, and its seconds of training.

    ``training``: of the digits it learned from, as it learned them, with dropout. ``validation``: of others.
    """

    training: float
    validation: float
    seconds: float

    @classmethod
    def of(cls, run: Run) -> Self:
        """That of ``run``, which has ended. One whose loss became no number at once is as good as guessing."""
        epochs, seconds = run.epochs, run.status.seconds
        if not len(epochs["epoch"]):
            return cls(GUESSING, GUESSING, seconds)
        return cls(float(epochs["accuracy"][-1]), float(epochs["val_accuracy"][-1]), seconds)

    @property
    def gap(self) -> float:
        """How much better it reads the digits that it has learned than others."""
        return self.training - self.validation


@dataclass(frozen=True)
class Finding:
    """What was measured, in one sentence or two, and whether it is what was expected."""

    sentence: str
    as_expected: bool


@dataclass(frozen=True)
class Experiment:
    """Trainings that differ in one thing.

    ``reading``: what to read meanwhile, in Markdown. ``expected``: what should come out. ``judge``: from the variants'
    outcomes, by name, to what did. ``gap``: whether training and validation are to be compared, so that both are drawn.
    """

    id: str
    title: str
    question: str
    reading: str
    expected: str
    variants: tuple[Variant, ...]
    judge: Callable[[Mapping[str, Outcome]], Finding]
    gap: bool = False

    def configs(self, person: str = "") -> list[RunConfig]:
        """What to train, in the order of the variants, asked for by ``person``: a new set."""
        new_set = uuid.uuid4().hex[:12]
        return [
            RunConfig(
                name=f"{self.title}: {variant.name}",
                experiment=self.id,
                experiment_set=new_set,
                person=person,
                model=variant.model,
                training=variant.training,
            )
            for variant in self.variants
        ]

    def newest(self, runs: Iterable[Run]) -> dict[str, Run]:
        """The newest set among ``runs`` that is in hand or has ended well, whoever asked for it, by variants' names.

        Where there is none, the newest of the others; runs of the experiment as an earlier version had it don't count.
        """
        sets = self._sets(runs)
        worth_showing = [each for each in sets if in_hand(each.values()) or self.has_ended(each)]
        return max(worth_showing or sets, key=_asked_at, default={})

    def has_ended(self, runs: Mapping[str, Run]) -> bool:
        """Whether each variant is among ``runs``, by its name, and has an outcome."""
        return len(runs) == len(self.variants) and all(has_outcome(run.status) for run in runs.values())

    def _sets(self, runs: Iterable[Run]) -> list[dict[str, Run]]:
        names = {(variant.model, variant.training): variant.name for variant in self.variants}
        sets = defaultdict(dict)
        for run in runs:
            name = names.get((run.config.model, run.config.training))
            if run.config.experiment == self.id and name:
                sets[run.config.experiment_set][name] = run
        return [{name: each[name] for name in names.values() if name in each} for each in sets.values()]


def has_outcome(status: Status) -> bool:
    """Whether a run has trained to its end, or failed as a training can: by diverging."""
    return status.state == FINISHED or status.diverged


def in_hand(runs: Iterable[Run]) -> bool:
    """Whether one of ``runs`` waits for a trainer or has one."""
    return any(status.active or status.has_trainer for status in (run.status for run in runs))


def _asked_at(runs: Mapping[str, Run]) -> float:
    return max(run.status.queued_at for run in runs.values())
