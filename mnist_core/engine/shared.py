"""Names, files, results and errors that the engine and its clients share."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, TypeAdapter

from mnist_core.errors import DamagedFile, LabError
from mnist_core.runs.files import read_json

ENGINE_FILE = "engine.json"  # in the home folder, written by the engine: EngineFacts
LOCK_FILE = "engine.lock"  # in the home folder, held by the engine while it runs
LOG_FILE = "engine.log"
LAB_PREFIX = "digit-lab"


class EngineError(LabError):
    """The engine cannot do what was requested."""


class EngineNotReady(EngineError):
    """The engine is starting or reconnecting; try again in a moment."""


@dataclass(frozen=True)
class EngineFacts:
    """The content of ENGINE_FILE: the engine's process id, its scheduler's address, its number of training workers."""

    pid: Annotated[int, Field(gt=0, lt=2**31)]
    address: str
    trainers: Annotated[int, Field(ge=0, le=10_000)]


FACTS_JSON = TypeAdapter(EngineFacts)


def read_engine_facts(home: Path) -> EngineFacts | None:
    """What the engine of ``home`` wrote about itself; None when it has written nothing yet or the file is damaged."""
    try:
        return read_json(home / ENGINE_FILE, FACTS_JSON)
    except (FileNotFoundError, DamagedFile):
        return None


@dataclass(frozen=True)
class JobProgress:
    """The progress of a background job: the share ``done``, 0 to 1, after ``seconds`` of work.

    ``preview``: the unfinished result; None if the job shows none. ``error``: why the job has failed, or None.
    """

    done: float = 0.0
    seconds: float = 0.0
    preview: np.ndarray | None = None
    error: str | None = None


def lab_name(home: Path) -> str:
    """The name of a lab on its Dask scheduler, which other labs may use too.

    The Dask variable with this name holds its Classifier; the worker with this resource runs it.
    """
    return f"{LAB_PREFIX}-{hashlib.sha256(str(home).encode()).hexdigest()[:8]}"


def client_name_prefix(home: Path) -> str:
    """The prefix of the names of a lab's Dask clients; the lab's engine ends when no such client is left."""
    return f"people-of-{lab_name(home)}"
