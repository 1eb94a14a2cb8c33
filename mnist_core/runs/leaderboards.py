"""Leaderboards of the runs, computed from their files and the room's drawings.

Only runs that were trained here compete. Shipped and imported runs do not, and neither do the runs that continue them;
``from_shipped`` admits the runs that fine-tune a shipped network on the room's drawings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mnist_core.errors import RunError
from mnist_core.runs.fine_tuning import MIN_DRAWINGS
from mnist_core.runs.view import ListedRun

MAX_ERRORS = 200  # of 10,000 test digits, for the smallest network
GOAL_ACCURACY = 0.98  # validation accuracy, for the fastest training
TRAINED_ON = -1  # replaces a prediction: this drawing was in the network's training data and is not counted


@dataclass(frozen=True)
class LeaderboardEntry:
    """A run and its ``value``, in the leaderboard's unit."""

    run: ListedRun
    value: float


def competing(runs: Sequence[ListedRun], *, from_shipped: bool = False) -> list[ListedRun]:
    """The runs that were trained here from scratch; ``runs`` must be all runs, so that parents are found.

    ``from_shipped`` adds those that continue a shipped run.
    """
    runs_by_id = {run.id: run for run in runs}
    return [run for run in runs if not run.shipped and _is_ours(run, runs_by_id, from_shipped=from_shipped)]


def _is_ours(run: ListedRun, runs_by_id: Mapping[str, ListedRun], *, from_shipped: bool) -> bool:
    """Whether the run and all its ancestors were trained here; a deleted ancestor counts as trained elsewhere."""
    visited: set[str] = set()
    while run.id not in visited:  # a config.json may name its own run as its parent
        visited.add(run.id)
        if run.shipped:
            return from_shipped
        if run.config.imported:
            return False
        if run.config.parent is None:
            return True
        if run.config.parent not in runs_by_id:
            return False
        run = runs_by_id[run.config.parent]
    return False


def best_accuracy(runs: Sequence[ListedRun]) -> list[LeaderboardEntry]:
    """Entries by accuracy on the test set, 0 to 1, best first."""
    return _best(runs, lambda run: _scores(run).get("test_accuracy"), largest=True)


def fewest_parameters(runs: Sequence[ListedRun]) -> list[LeaderboardEntry]:
    """Entries by number of parameters, fewest first, of the networks with at most MAX_ERRORS on the test set."""

    def parameters(run: ListedRun) -> float | None:
        return run.config.model.parameters if _scores(run).get("incorrect", np.inf) <= MAX_ERRORS else None

    return _best(runs, parameters, largest=False)


def fastest(runs: Sequence[ListedRun]) -> list[LeaderboardEntry]:
    """Entries by seconds of training until the first epoch with GOAL_ACCURACY has ended, fastest first."""

    def seconds(run: ListedRun) -> float | None:
        try:
            epochs = run.run.read_epochs()
        except RunError:  # its history is damaged
            return None
        reached = np.flatnonzero(epochs["val_accuracy"] >= GOAL_ACCURACY)
        return float(epochs["seconds"][reached[0]]) if len(reached) else None

    return _best(runs, seconds, largest=False)


def best_on_drawings(
    runs: Sequence[ListedRun], answers: Mapping[str, np.ndarray], labels: np.ndarray
) -> list[LeaderboardEntry]:
    """Entries by accuracy on the room's drawings, 0 to 1, without those that a network was trained on; best first.

    ``answers``: predictions by run id, integers (N,), 0 to 9 or TRAINED_ON; runs without any, or with fewer than
    MIN_DRAWINGS that count, are left out. ``labels``: integers (N,).
    """

    def accuracy(run: ListedRun) -> float | None:
        predicted = answers.get(run.id, np.empty(0))
        held_out = predicted != TRAINED_ON
        return float((predicted == labels)[held_out].mean()) if held_out.sum() >= MIN_DRAWINGS else None

    return _best(runs, accuracy, largest=True)


def _scores(run: ListedRun) -> dict[str, float]:
    return run.status.scores or {}


def _best(
    runs: Sequence[ListedRun], value: Callable[[ListedRun], float | None], *, largest: bool
) -> list[LeaderboardEntry]:
    """The best entry of each person; of equal values the earlier run comes first."""
    entries = [LeaderboardEntry(run, score) for run in runs if (score := value(run)) is not None]
    ordered = sorted(entries, key=lambda entry: -entry.value if largest else entry.value)
    best: dict[str, LeaderboardEntry] = {}
    for entry in ordered:
        best.setdefault(entry.run.config.person or entry.run.id, entry)  # runs of the command line have no person
    return list(best.values())
