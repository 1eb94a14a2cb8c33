"""What the engine and those who ask it have agreed on: names, files and errors."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_core.engine.queue import ENGINE_FILE
from mnist_core.errors import LabError

ADDRESS_FILE = ENGINE_FILE  # the process, where its scheduler listens, how many runs it trains
LOCK_FILE = "engine.lock"  # held by the engine for as long as it lives
LOG_FILE = "engine.log"
LAB = "digit-lab"


class EngineError(LabError):
    """The engine cannot do what was asked."""


class EngineNotReady(EngineError):
    """The engine is starting or being mended; ask again in a moment."""


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
