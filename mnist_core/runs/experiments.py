"""Experiments: trainings that differ in one thing, what they should show, and what they then did."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.runs.run import Run

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
        """What to train, in the order of the variants, asked for by ``person``."""
        return [
            RunConfig(
                name=f"{self.title}: {variant.name}",
                recipe="own",
                experiment=self.id,
                person=person,
                model=variant.model,
                training=variant.training,
            )
            for variant in self.variants
        ]

    def newest(self, runs: Iterable[Run]) -> dict[str, Run]:
        """Of ``runs``, oldest first, the newest of each variant, by the variant's name; whoever asked for it.

        Runs of the experiment as an earlier version had it, or with changed settings, are none of them.
        """
        found = {}
        for run in runs:
            if run.config.experiment != self.id:
                continue
            for variant in self.variants:
                if (run.config.model, run.config.training) == (variant.model, variant.training):
                    found[variant.name] = run
        return {variant.name: found[variant.name] for variant in self.variants if variant.name in found}
