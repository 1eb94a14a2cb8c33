"""Before a workshop: whether all that it needs is there and works on this machine, or what to do about it."""

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
from mnist_core.engine.protocol import LOG_FILE
from mnist_core.errors import LabError
from mnist_core.evaluation.scores import scores
from mnist_core.recipes import RECIPES
from mnist_core.room.settings import Settings
from mnist_core.runs import pace, store
from mnist_core.runs.run import Run, RunError
from mnist_core.runs.status import FINISHED, QUEUED

if TYPE_CHECKING:
    from mnist_core.engine.client import Engine

GIGABYTE = 2**30
DISK, MEMORY = 2 * GIGABYTE, GIGABYTE  # a room's runs; one training besides what runs already
CLOSE = 0.0005  # of test accuracy: another processor may read five digits of 10,000 otherwise
SLOW_ANSWER = 0.1  # seconds
SECONDS_TO_SERVE = 5.0
SECONDS_TO_TRAIN = 60.0  # to a trained network; a worker that loads TensorFlow takes most of ten
SECONDS_BETWEEN_LOOKS = 0.2
DRAWINGS_TIMED = 20
EXPRESS = RunConfig(name="preflight", model=RECIPES["express"].model, training=RECIPES["express"].training)


class PreflightError(LabError):
    """Something that a workshop needs is missing; the message says what to do."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: what was found, or what to do where it is not ``ok``."""

    name: str
    ok: bool
    told: str


class Preflight:
    """The checks of one lab, the quick ones first."""

    def __init__(self, home: Path, settings: Settings, engine: "Engine", canvas: str) -> None:
        """``canvas``: the address of the canvas' script, as browsers fetch it."""
        self._home = home
        self._settings = settings
        self._engine = engine
        self._canvas = canvas

    def checks(self) -> Iterator[Check]:
        """Make them one after the other, each told when it is done. None of them raises a LabError."""
        parts: dict[str, Callable[[], str]] = {
            "Disk": self._disk,
            "Memory": _memory,
            "The room's database": self._database,
            "Canvas": self._served,
            "Dataset": _dataset,
            "Everyone's network": self._network,
            "A short training": self._training,
        }
        for name, check in parts.items():
            try:
                yield Check(name, True, check())
            except LabError as error:
                yield Check(name, False, str(error))

    def _disk(self) -> str:
        free = shutil.disk_usage(self._home).free
        if free < DISK:
            raise PreflightError(
                f"{_size(free)} are free where {self._home} lies, and a room's networks take up to {_size(DISK)}. "
                "Make some room there."
            )
        return f"{_size(free)} free"

    def _database(self) -> str:
        started = time.perf_counter()
        self._settings.change()  # writes the row as it is
        return f"can be written, in {1000 * (time.perf_counter() - started):.0f} ms"

    def _served(self) -> str:
        try:
            with urlopen(self._canvas, timeout=SECONDS_TO_SERVE) as response:
                size = len(response.read())
        except OSError as error:
            raise PreflightError(
                f"Browsers do not get its script, {self._canvas} ({error}). Install streamlit-drawable-canvas again."
            ) from error
        return f"served, {size / 1000:.0f} kB"

    def _network(self) -> str:
        """The engine reads the test set, and single digits for the time that it takes."""
        run = store.default_run(self._home, self._settings.now().pinned)
        if run is None:
            raise PreflightError("No network came with this copy. Train one, and pin it.")
        self._engine.wait()
        test = mnist.load().test
        found = scores(self._engine.classify(run, test.images), test.labels).test_accuracy
        told = run.status.scores["test_accuracy"] if run.status.scores else found
        if abs(found - told) > CLOSE:
            raise PreflightError(
                f"{run.config.name} reads {found:.2%} of the test digits, and its run says {told:.2%}: its files do "
                "not belong together. Pin another network."
            )
        seconds = statistics.median(self._timed(run, digit) for digit in test.images[:DRAWINGS_TIMED])
        if seconds > SLOW_ANSWER:
            raise PreflightError(
                f"{run.config.name} takes {1000 * seconds:.0f} ms to read a drawing. Close other programs, and let "
                "trainings end."
            )
        return (
            f"{run.config.name} reads {found:.2%} of the test digits, as it says; a drawing in {1000 * seconds:.0f} ms"
        )

    def _timed(self, run: Run, digit: np.ndarray) -> float:
        started = time.perf_counter()
        self._engine.classify(run, digit[None])
        return time.perf_counter() - started

    def _training(self) -> str:
        """One epoch of the express recipe on a worker; what it took tells how long all of the recipe takes."""
        run = self._engine.train(replace(EXPRESS, training=replace(EXPRESS.training, epochs=1)))
        try:
            queue.put_first(run, self._home)
            self._wait(run)
            seconds = run.status.seconds
        finally:
            self._clean_up(run)
        whole = pace.expected_seconds(EXPRESS, self._home)
        return f"took {seconds:.1f} s, so that the express recipe takes about {whole:.0f} s here"

    def _wait(self, run: Run) -> None:
        deadline = time.monotonic() + SECONDS_TO_TRAIN
        while run.status.active and time.monotonic() < deadline:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        status = run.status
        if status.state == QUEUED:
            raise PreflightError("No worker was free for it: others are training. Try again when they are done.")
        if status.state != FINISHED:
            raise PreflightError(
                f"It did not end well within {SECONDS_TO_TRAIN:.0f} s ({status.error or status.state}). The engine's "
                f"log may say why: {self._home / LOG_FILE}"
            )

    def _clean_up(self, run: Run) -> None:
        with suppress(RunError):  # a trainer that does not let go: the run stays among the others
            if run.status.active:
                run.cancel()
            run.delete()


def _memory() -> str:
    free = psutil.virtual_memory().available
    if free < MEMORY:
        raise PreflightError(
            f"{_size(free)} are free, and a training takes up to {_size(MEMORY)}. Close other programs."
        )
    return f"{_size(free)} free"


def _dataset() -> str:
    data = mnist.load()
    return f"verified: {len(data.train):,} training and {len(data.test):,} test digits"


def _size(number: float) -> str:
    return f"{number / GIGABYTE:,.1f} GB"
