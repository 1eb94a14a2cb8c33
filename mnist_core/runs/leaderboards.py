"""Leaderboards, worked out from what runs and drawings left behind, so that nobody can write a score by hand.

Only what was trained here competes: a run that ships with the app or was imported does not, nor does a network that
goes on from one; but to have taught a shipped one the room's handwriting counts where that is what is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mnist_core.runs.fine_tuning import FEWEST
from mnist_core.runs.run import Run

MOST_ERRORS = 200  # of 10,000 test digits, for the smallest network
GOAL = 0.98  # validation accuracy, for the fastest training
LEARNED = -1  # in place of an answer: the network has learned from this drawing and is not judged by it


@dataclass(frozen=True)
class LeaderboardEntry:
    """A run's place: ``value`` is what was compared, in the leaderboard's own unit."""

    run: Run
    value: float


def competing(runs: Sequence[Run], *, from_shipped: bool = False) -> list[Run]:
    """Those of ``runs``, all that there are, that were trained here from the start.

    ``from_shipped`` adds those that go on from a run that ships with the app.
    """
    known = {run.id: run for run in runs}
    return [run for run in runs if not run.shipped and _is_ours(run, known, from_shipped=from_shipped)]


def _is_ours(run: Run, known: Mapping[str, Run], *, from_shipped: bool) -> bool:
    """Whether neither it nor any run that it goes on from came from elsewhere; one that is gone may have."""
    seen: set[str] = set()
    while run.id not in seen:  # a config.json may name its own run as its parent
        seen.add(run.id)
        if run.shipped:
            return from_shipped
        if run.config.imported:
            return False
        if run.config.parent is None:
            return True
        if run.config.parent not in known:
            return False
        run = known[run.config.parent]
    return False


def best_accuracy(runs: Sequence[Run]) -> list[LeaderboardEntry]:
    """By accuracy on the test set, 0 to 1, the best first."""
    return _best(runs, lambda run: _scores(run).get("test_accuracy"), largest=True)


def fewest_parameters(runs: Sequence[Run]) -> list[LeaderboardEntry]:
    """By parameters, the smallest network first; only those with at most MOST_ERRORS on the test set."""

    def parameters(run: Run) -> float | None:
        return run.config.model.parameters if _scores(run).get("incorrect", np.inf) <= MOST_ERRORS else None

    return _best(runs, parameters, largest=False)


def fastest(runs: Sequence[Run]) -> list[LeaderboardEntry]:
    """By seconds of training until the end of the first epoch with GOAL validation accuracy, the fastest first."""

    def seconds(run: Run) -> float | None:
        epochs = run.epochs
        reached = np.flatnonzero(epochs["val_accuracy"] >= GOAL)
        return float(epochs["seconds"][reached[0]]) if len(reached) else None

    return _best(runs, seconds, largest=False)


def best_on_drawings(
    runs: Sequence[Run], answers: Mapping[str, np.ndarray], labels: np.ndarray
) -> list[LeaderboardEntry]:
    """By accuracy on the room's drawings, 0 to 1, each network judged by those that it has not learned from.

    ``answers``: by run id, integers (N,), 0 to 9 or LEARNED; runs without are left out, and those with fewer than
    FEWEST to be judged by. ``labels``: integers (N,).
    """

    def accuracy(run: Run) -> float | None:
        given = answers.get(run.id, np.empty(0))
        judged = given != LEARNED
        return float((given == labels)[judged].mean()) if judged.sum() >= FEWEST else None

    return _best(runs, accuracy, largest=True)


def _scores(run: Run) -> dict[str, float]:
    return run.status.scores or {}


def _best(runs: Sequence[Run], value: Callable[[Run], float | None], *, largest: bool) -> list[LeaderboardEntry]:
    """Each person's best run of those with a ``value``; of equal ones the earlier stands first."""
    valued = [LeaderboardEntry(run, found) for run in runs if (found := value(run)) is not None]
    ordered = sorted(valued, key=lambda place: -place.value if largest else place.value)
    best: dict[str, LeaderboardEntry] = {}
    for place in ordered:
        best.setdefault(place.run.config.person or place.run.id, place)  # the command line's are nobody's
    return list(best.values())
