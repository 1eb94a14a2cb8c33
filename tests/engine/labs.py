"""Helpers for tests of the engine: small configs, the engine's processes, and repeated classification."""

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
from mnist_core.engine.client import EngineClient
from mnist_core.engine.shared import ENGINE_FILE, EngineNotReady
from mnist_core.runs.run import Run
from tests.waiting import wait_for, wait_until_ended, wait_until_ready

SUSPEND_AFTER_SECONDS = 3.0  # of a pause; the default is a minute


@contextmanager
def running_engine(home: Path) -> Iterator[EngineClient]:
    """Yields the engine of ``home``, ready; at the end it is stopped and all its processes have exited."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_HOME", str(home))
        connection = EngineClient(home)
        wait_until_ready(connection, home)
    yield connection
    connection.close()
    with suppress(EngineNotReady):  # a test may have stopped it
        process = connection.process()
        processes = [process, *process.children(recursive=True)]
        process.terminate()
        wait_until_ended(processes, home=home)


def small_config(name: str, *, epochs: int = 2, person: str = "", **training) -> RunConfig:
    """A config whose training takes about a third of a second per epoch."""
    return RunConfig(
        name=name,
        person=person,
        model=ModelConfig(hidden_units=(32,)),
        training=TrainingConfig(epochs=epochs, batch_size=512, **training),
    )


def tiny_config(name: str, *, person: str = "", epochs: int = 1) -> RunConfig:
    """The config with the shortest training."""
    return RunConfig(
        name=name,
        person=person,
        model=ModelConfig(hidden_units=(8,)),
        training=TrainingConfig(epochs=epochs, batch_size=4096),
    )


def training_workers() -> list[psutil.Process]:
    """The worker processes that train networks."""
    return _workers(lambda resources: not resources)


def classifier_worker() -> psutil.Process:
    """The worker process that predicts the labels of drawings."""
    return _workers(bool)[0]


def _workers(condition: Callable[[dict], bool]) -> list[psutil.Process]:
    address = json.loads((settings.home() / ENGINE_FILE).read_text())["address"]
    with Client(address, set_as_default=False) as client:
        pids = client.run(os.getpid)
        workers = client.scheduler_info(n_workers=-1)["workers"]
    return [psutil.Process(pid) for worker, pid in pids.items() if condition(workers[worker]["resources"])]


def classify_when_ready(engine: EngineClient, run: Run, digits: np.ndarray) -> np.ndarray:
    """Classify ``digits`` once the engine is ready again; until then it raises EngineNotReady."""
    results = []

    def succeeded() -> bool:
        try:
            results.append(engine.classify(run, digits))
        except EngineNotReady:
            return False
        return True

    wait_for(succeeded)
    return results[0]
