"""Preflight: checks that this machine has all that a workshop needs, with advice for each failure."""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import numpy as np
import psutil

from mnist_core.config import RunConfig
from mnist_core.digits import mnist
from mnist_core.engine import queue
from mnist_core.engine.shared import LOG_FILE
from mnist_core.errors import LabError, RunError
from mnist_core.evaluation.scores import scores
from mnist_core.recipes import RECIPES
from mnist_core.room.settings import Settings
from mnist_core.runs import pace, store
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED, QUEUED

if TYPE_CHECKING:
    from mnist_core.engine.client import EngineClient

GIGABYTE = 2**30
MIN_FREE_DISK, MIN_FREE_MEMORY = 2 * GIGABYTE, GIGABYTE  # bytes: a room's runs; one further training
MAX_ACCURACY_DIFFERENCE = 0.0005  # of test accuracy: five of 10,000 predictions can differ on another processor
MAX_PREDICTION_SECONDS = 0.1
DOWNLOAD_TIMEOUT_SECONDS = 5.0
TRAINING_TIMEOUT_SECONDS = 60.0  # loading TensorFlow takes almost ten of them
POLL_SECONDS = 0.2
TIMED_DRAWINGS = 20
EXPRESS = RunConfig(name="preflight", model=RECIPES["express"].model, training=RECIPES["express"].training)


class PreflightError(LabError):
    """A check has failed; the message says what to do."""


@dataclass(frozen=True)
class Check:
    """The result of a check; ``message``: the finding, or what to do when it is not ``ok``."""

    name: str
    ok: bool
    message: str


class Preflight:
    """The checks of one home folder, quick ones first."""

    def __init__(self, home: Path, settings: Settings, engine: "EngineClient", canvas: str) -> None:
        """``canvas``: the URL of the canvas' script, as browsers request it."""
        self._home = home
        self._settings = settings
        self._engine = engine
        self._canvas = canvas

    def checks(self) -> Iterator[Check]:
        """Run the checks one by one and yield each result; a LabError becomes a failed check."""
        checks: dict[str, Callable[[], str]] = {
            "Disk": self._disk,
            "Memory": _memory,
            "The room's database": self._database,
            "Canvas": self._canvas_script,
            "Dataset": _dataset,
            "Everyone's network": self._network,
            "A short training": self._training,
        }
        for name, check in checks.items():
            try:
                yield Check(name, True, check())
            except LabError as error:
                yield Check(name, False, str(error))

    def _disk(self) -> str:
        free = shutil.disk_usage(self._home).free
        if free < MIN_FREE_DISK:
            raise PreflightError(
                f"{_size(free)} are free where {self._home} lies, and a room's networks take up to "
                f"{_size(MIN_FREE_DISK)}. Make some room there."
            )
        return f"{_size(free)} free"

    def _database(self) -> str:
        started = time.perf_counter()
        self._settings.change()  # writes the row without changes
        return f"can be written, in {1000 * (time.perf_counter() - started):.0f} ms"

    def _canvas_script(self) -> str:
        try:
            with urlopen(self._canvas, timeout=DOWNLOAD_TIMEOUT_SECONDS) as response:
                size = len(response.read())
        except OSError as error:
            raise PreflightError(
                f"Browsers do not get its script, {self._canvas} ({error}). Install streamlit-drawable-canvas again."
            ) from error
        return f"served, {size / 1000:.0f} kB"

    def _network(self) -> str:
        """Check the default run's test accuracy, and the time of a single prediction."""
        run = store.default_run(self._home, self._settings.now().pinned)
        if run is None:
            raise PreflightError("No network came with this copy. Train one, and pin it.")
        name = run.read_config().name
        self._engine.wait()
        test = mnist.load().test
        accuracy = scores(self._engine.classify(run, test.images), test.labels).test_accuracy
        stored_scores = run.read_status().scores
        stored = stored_scores["test_accuracy"] if stored_scores else accuracy
        if abs(accuracy - stored) > MAX_ACCURACY_DIFFERENCE:
            raise PreflightError(
                f"{name} reads {accuracy:.2%} of the test digits, and its run says {stored:.2%}: its files "
                "do not belong together. Pin another network."
            )
        seconds = statistics.median(self._prediction_seconds(run, digit) for digit in test.images[:TIMED_DRAWINGS])
        if seconds > MAX_PREDICTION_SECONDS:
            raise PreflightError(
                f"{name} takes {1000 * seconds:.0f} ms to read a drawing. Close other programs, and let trainings end."
            )
        return f"{name} reads {accuracy:.2%} of the test digits, as it says; a drawing in {1000 * seconds:.0f} ms"

    def _prediction_seconds(self, run: Run, digit: np.ndarray) -> float:
        started = time.perf_counter()
        self._engine.classify(run, digit[None])
        return time.perf_counter() - started

    def _training(self) -> str:
        """Train one epoch of the express recipe on a worker, and estimate the time of the whole recipe."""
        run = self._engine.train(replace(EXPRESS, training=replace(EXPRESS.training, epochs=1)))
        try:
            queue.put_first(run, self._home)
            self._wait(run)
            seconds = run.read_status().seconds
        finally:
            self._clean_up(run)
        expected = pace.expected_seconds(EXPRESS, self._home)
        return f"took {seconds:.1f} s, so that the express recipe takes about {expected:.0f} s here"

    def _wait(self, run: Run) -> None:
        deadline = time.monotonic() + TRAINING_TIMEOUT_SECONDS
        while run.read_status().active and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        status = run.read_status()
        if status.state == QUEUED:
            raise PreflightError("No worker was free for it: others are training. Try again when they are done.")
        if status.state != FINISHED:
            raise PreflightError(
                f"It did not end well within {TRAINING_TIMEOUT_SECONDS:.0f} s ({status.error or status.state}). "
                f"The engine's log may say why: {self._home / LOG_FILE}"
            )

    def _clean_up(self, run: Run) -> None:
        with suppress(RunError):  # the trainer has not stopped: the run remains
            if run.read_status().active:
                run.cancel()
            run.delete()


def _memory() -> str:
    free = psutil.virtual_memory().available
    if free < MIN_FREE_MEMORY:
        raise PreflightError(
            f"{_size(free)} are free, and a training takes up to {_size(MIN_FREE_MEMORY)}. Close other programs."
        )
    return f"{_size(free)} free"


def _dataset() -> str:
    data = mnist.load()
    return f"verified: {len(data.train):,} training and {len(data.test):,} test digits"


def _size(number: float) -> str:
    return f"{number / GIGABYTE:,.1f} GB"
