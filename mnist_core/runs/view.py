"""What a run's files say at one moment, as values that do not change while they are shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mnist_core.config import RunConfig
from mnist_core.errors import RunError
from mnist_core.runs.control import Control
from mnist_core.runs.status import Status

if TYPE_CHECKING:
    from mnist_core.runs.run import Run


@dataclass(frozen=True)
class ListedRun:
    """A run with its configuration and its status, as a list of many runs needs it."""

    run: "Run"
    config: RunConfig
    status: Status

    @property
    def id(self) -> str:
        """The run's id."""
        return self.run.id

    @property
    def shipped(self) -> bool:
        """Whether the run is part of the app, and therefore read-only."""
        return self.run.shipped

    def read_progress(self) -> float:
        """The completed share of the run's own epochs, 0 to 1; 0 if its history is damaged."""
        try:
            return progress(self.config, self.run.read_batches())
        except RunError:
            return 0.0


@dataclass(frozen=True)
class RunView(ListedRun):
    """All that a page shows of one run.

    ``epochs``: columns of epochs.csv, float64 (epochs done,): epoch, seconds, loss, accuracy, val_loss, val_accuracy.
    ``batches``: columns of batches.csv, float64: epoch, step, seconds, loss, accuracy; step is the batch in its epoch.
    ``control``: the requests to its trainer.
    """

    epochs: dict[str, np.ndarray]
    batches: dict[str, np.ndarray]
    control: Control

    @property
    def epochs_done(self) -> int:
        """The network's completed epochs, inherited ones included."""
        return last_epoch(self.epochs)

    @property
    def progress(self) -> float:
        """The completed share of this run's own epochs, 0 to 1."""
        return progress(self.config, self.batches)


def last_epoch(epochs: dict[str, np.ndarray]) -> int:
    """The last completed epoch in the columns of an epochs.csv; 0 without any."""
    return int(epochs["epoch"][-1]) if len(epochs["epoch"]) else 0


def progress(config: RunConfig, batches: dict[str, np.ndarray]) -> float:
    """The completed share of a run's own epochs, 0 to 1, by the columns of its batches.csv."""
    if not len(batches["epoch"]):
        return 0.0
    done = batches["epoch"][-1] - 1 - config.inherited_epochs
    done += batches["step"][-1] / config.training.steps_per_epoch
    return float(min(max(done / config.training.epochs, 0.0), 1.0))
