"""What the engine and those who ask it have agreed on: names, files and errors."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_core.errors import LabError
from mnist_core.runs.queue import ENGINE_FILE

ADDRESS_FILE = ENGINE_FILE  # the process, where its scheduler listens, how many runs it trains
LOCK_FILE = "engine.lock"  # held by the engine for as long as it lives
LOG_FILE = "engine.log"
LAB = "digit-lab"
REFUSED_BELOW = 0.01  # what is stranger than 99 % of known digits is none


class EngineError(LabError):
    """The engine cannot do what was asked."""


class EngineNotReady(EngineError):
    """The engine is starting or being mended; ask again in a moment."""


@dataclass(frozen=True)
class Reading:
    """What a network makes of N pictures.

    ``probabilities``: float32 (N, 10), rows sum to 1. ``typicality``: float32 (N,), the share of known digits that look
    at least as strange to it, above 0 and at most 1; None where the network's run does not know.
    """

    probabilities: np.ndarray
    typicality: np.ndarray | None

    @property
    def refused(self) -> np.ndarray:
        """Which of them do not look like digits, bool (N,): none where the network does not know."""
        if self.typicality is None:
            return np.zeros(len(self.probabilities), bool)
        return self.typicality < REFUSED_BELOW

    @property
    def share_refused(self) -> float | None:
        """The share of them that does not look like digits, None where the network does not know."""
        return None if self.typicality is None else float(self.refused.mean())


@dataclass(frozen=True)
class Explanation:
    """Why a network answers as it does for one picture.

    ``activity``: float32 (units,), of each hidden layer. ``present``: float32 (28, 28), what each pixel's ink adds to
    the margin of the answer over the runner-up. ``missing``: float32 (28, 28), by how much ink there would lower it,
    from 0. ``epochs``: the probabilities, float32 (10,), that the network gave after some epochs of its training, where
    they were asked for.
    """

    answer: int
    runner_up: int
    activity: list[np.ndarray]
    present: np.ndarray
    missing: np.ndarray
    epochs: dict[int, np.ndarray]


@dataclass(frozen=True)
class Nearest:
    """The training digits that a network finds most like a picture, the nearest first.

    ``indices``: int64 (N,). ``cosines``: float32 (N,), of the angle between them in hidden space, 1 for the same.
    """

    indices: np.ndarray
    cosines: np.ndarray


@dataclass(frozen=True)
class Progress:
    """How far a job is, ``done`` from 0 to 1 after ``seconds`` of work. ``error``: why it has failed, if it has."""

    done: float = 0.0
    seconds: float = 0.0
    error: str | None = None


@dataclass(frozen=True)
class MapProgress:
    """How far a map is: the ``share`` done, 0 to 1, and the ``positions`` so far, float32 (N, 2), if there are any."""

    share: float
    positions: np.ndarray | None


def lab_name(home: Path) -> str:
    """What a lab is called on its Dask scheduler, which other labs may use too.

    Its Classifier lies in the variable of this name, on the worker with the resource of this name.
    """
    return f"{LAB}-{hashlib.sha256(str(home).encode()).hexdigest()[:8]}"


def people_name(home: Path) -> str:
    """What the names of people's clients begin with; the lab's engine leaves when none is left."""
    return f"people-of-{lab_name(home)}"
