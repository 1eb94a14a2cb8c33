"""Experiments: sets of trainings that differ in one setting, with their expected and actual results."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.runs.status import FINISHED, Status
from mnist_core.runs.view import ListedRun

CHANCE_ACCURACY = 0.1  # of guessing


@dataclass(frozen=True)
class Variant:
    """One training of an experiment; ``name`` is the value of the setting that differs."""

    name: str
    model: ModelConfig
    training: TrainingConfig


@dataclass(frozen=True)
class Outcome:
    """The result of a variant's run: accuracies of the last epoch, 0 to 1, and seconds of training.

    ``training``: accuracy on the training digits, measured with dropout. ``validation``: on digits not trained on.
    """

    training: float
    validation: float
    seconds: float

    @classmethod
    def of(cls, listed: ListedRun) -> Self:
        """The outcome of a run that has ended; one that diverged in its first epoch gets CHANCE_ACCURACY."""
        epochs, seconds = listed.run.read_epochs(), listed.status.seconds
        if not len(epochs["epoch"]):
            return cls(CHANCE_ACCURACY, CHANCE_ACCURACY, seconds)
        return cls(float(epochs["accuracy"][-1]), float(epochs["val_accuracy"][-1]), seconds)

    @property
    def gap(self) -> float:
        """Training accuracy minus validation accuracy."""
        return self.training - self.validation


@dataclass(frozen=True)
class Finding:
    """The measured result in one or two sentences, and whether it is as expected."""

    sentence: str
    as_expected: bool


@dataclass(frozen=True)
class Experiment:
    """Trainings that differ in one setting.

    ``reading``: Markdown to read during the training. ``expected``: the expected result. ``judge``: derives the finding
    from the outcomes by variant name. ``gap``: whether to draw the training curves beside the validation curves.
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
        """The configurations of a new set of runs for ``person``, in the order of the variants."""
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

    def newest_set(self, runs: Iterable[ListedRun]) -> dict[str, ListedRun]:
        """The newest set of any person that is in progress or has all its outcomes: runs by variant name.

        Without such a set, the newest other one. Runs with an earlier version's settings are ignored.
        """
        sets = self._sets(runs)
        preferred = [set_ for set_ in sets if any_in_progress(set_.values()) or self.has_ended(set_)]
        return max(preferred or sets, key=_last_queued_at, default={})

    def has_ended(self, runs: Mapping[str, ListedRun]) -> bool:
        """Whether ``runs``, by variant name, has every variant and each has an outcome."""
        return len(runs) == len(self.variants) and all(has_outcome(run.status) for run in runs.values())

    def _sets(self, runs: Iterable[ListedRun]) -> list[dict[str, ListedRun]]:
        names = {(variant.model, variant.training): variant.name for variant in self.variants}
        sets: defaultdict[str, dict[str, ListedRun]] = defaultdict(dict)
        for run in runs:
            name = names.get((run.config.model, run.config.training))
            if run.config.experiment == self.id and name:
                sets[run.config.experiment_set][name] = run
        return [{name: set_[name] for name in names.values() if name in set_} for set_ in sets.values()]


def has_outcome(status: Status) -> bool:
    """Whether a run has finished its training or has diverged."""
    return status.state == FINISHED or status.diverged


def any_in_progress(runs: Iterable[ListedRun]) -> bool:
    """Whether any of ``runs`` is queued or has a trainer."""
    return any(run.status.active or run.status.has_trainer for run in runs)


def _last_queued_at(runs: Mapping[str, ListedRun]) -> float:
    return max(run.status.queued_at for run in runs.values())
