"""What the engine's tests ask of it: small trainings, and the processes that can die."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from distributed import Client

from mnist_core import settings
from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.engine.client import Engine
from mnist_core.engine.protocol import ADDRESS_FILE, EngineNotReady
from mnist_core.runs.run import Run
from tests.waiting import wait_for, wait_until_gone, wait_until_ready

PARK_AFTER = 3.0  # seconds of a pause; people have a minute


@contextmanager
def running_engine(home: Path) -> Iterator[Engine]:
    """The engine of ``home``, ready; at the end it is told to stop, and then all of it is gone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_HOME", str(home))
        connection = Engine(home)
        wait_until_ready(connection, home)
    yield connection
    connection.close()
    with suppress(EngineNotReady):  # a test may have seen it leave
        process = connection.process()
        family = [process, *process.children(recursive=True)]
        process.terminate()
        wait_until_gone(family, home=home)


def small(name: str, *, epochs: int = 2, person: str = "", **training) -> RunConfig:
    """A training of a third of a second an epoch."""
    return RunConfig(
        name=name,
        person=person,
        model=ModelConfig(hidden_units=(32,)),
        training=TrainingConfig(epochs=epochs, batch_size=512, **training),
    )


def tiny(name: str, *, person: str = "", epochs: int = 1) -> RunConfig:
    """The quickest training that there is."""
    return RunConfig(
        name=name,
        person=person,
        model=ModelConfig(hidden_units=(8,)),
        training=TrainingConfig(epochs=epochs, batch_size=4096),
    )


def trainers() -> list[psutil.Process]:
    """The processes that train."""
    return _workers(lambda resources: not resources)


def classifier() -> psutil.Process:
    """The process that answers drawings."""
    return _workers(bool)[0]


def _workers(wanted: Callable[[dict], bool]) -> list[psutil.Process]:
    address = json.loads((settings.home() / ADDRESS_FILE).read_text())["address"]
    with Client(address, set_as_default=False) as client:
        pids = client.run(os.getpid)
        known = client.scheduler_info(n_workers=-1)["workers"]
    return [psutil.Process(pid) for worker, pid in pids.items() if wanted(known[worker]["resources"])]


def classify_again(engine: Engine, run: Run, digits: np.ndarray) -> np.ndarray:
    """Ask until the engine is mended; the first answers may be that it is not."""
    answers = []

    def answered() -> bool:
        try:
            answers.append(engine.classify(run, digits))
        except EngineNotReady:
            return False
        return True

    wait_for(answered)
    return answers[0]
