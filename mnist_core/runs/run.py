"""One run: a folder that is the single source of truth about it.

Whoever trains writes it; pages and commands read it while it grows. What is replaced is replaced atomically, what
grows is a CSV whose last line may be half-written, so a reader never needs a lock.
"""

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from mnist_core.config import MAX_NAME_LENGTH, RunConfig
from mnist_core.errors import LabError
from mnist_core.runs.control import Control
from mnist_core.runs.files import (
    DAMAGED_ARCHIVE,
    read_arrays,
    read_columns,
    read_object,
    replacing,
    write_columns,
    write_json,
)
from mnist_core.runs.status import CANCELLED, INTERRUPTED, PAUSED, QUEUED, ResumePoint, Status

SHIPPED = Path(__file__).parents[1] / "pretrained"
STALE_AFTER = 10.0  # seconds without a heartbeat; a trainer beats at least once a second


EVALUATION = "evaluation.npz"
STATISTICS = ("whitening", "means", "scales", "known")  # those of its arrays that tell digits from what is none
TEMPERATURE = "temperature"  # the name of its array, of no axes
DISK_RESERVE = ".reserve"  # in a run's folder: space for its status when the disk is full

EPOCH_COLUMNS = ("epoch", "seconds", "loss", "accuracy", "val_loss", "val_accuracy")
BATCH_COLUMNS = ("epoch", "step", "seconds", "loss", "accuracy")


class RunError(LabError):
    """A run that is unknown, or a folder that is not a readable run."""


@dataclass(frozen=True)
class Run:
    """One run's folder. Every property reads the files as they are now."""

    path: Path

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.path.name

    @cached_property
    def config(self) -> RunConfig:
        """What was asked; only its name can change. Raises RunError when config.json is damaged."""
        try:
            return RunConfig.from_json(self._json("config.json"))
        except LabError as error:
            raise RunError(f"The run {self.id} cannot be read: {error}") from error

    @property
    def status(self) -> Status:
        """How it stands now; RUNNING or PAUSED by a trainer without a recent heartbeat is INTERRUPTED."""
        try:
            values = self._json("status.json")
            status = Status(**values)
        except TypeError as error:
            raise RunError(f"The run {self.id} cannot be read: status.json has other fields ({error}).") from error
        if status.has_trainer and time.time() - (status.heartbeat or 0) > STALE_AFTER:
            return replace(status, state=INTERRUPTED)
        return status

    @property
    def shipped(self) -> bool:
        """Whether it came with the app and is never written."""
        return self.path.parent == SHIPPED

    @property
    def home(self) -> Path:
        """The lab's home folder that it lies in."""
        return self.path.parents[1]

    @property
    def has_model(self) -> bool:
        """Whether there is a trained model to ask."""
        return self.model_path.exists()

    @property
    def model_path(self) -> Path:
        """The trained model with its optimizer's state, in Keras' own format."""
        return self.path / "model.keras"

    @property
    def hdf5_path(self) -> Path:
        """The trained model as HDF5; shipped runs have none until someone asks (``engine.hdf5``)."""
        return self.path / "model.h5"

    @property
    def epochs(self) -> dict[str, np.ndarray]:
        """Columns of epochs.csv, float64 (epochs so far,): epoch, seconds, loss, accuracy, val_loss, val_accuracy."""
        return self._csv("epochs.csv", EPOCH_COLUMNS)

    @property
    def batches(self) -> dict[str, np.ndarray]:
        """Columns of batches.csv, float64: epoch, step, seconds, loss, accuracy; step counts batches in the epoch."""
        return self._csv("batches.csv", BATCH_COLUMNS)

    @property
    def evaluated(self) -> bool:
        """Whether its answers for the test set are kept."""
        return (self.path / EVALUATION).exists()

    @property
    def test_probabilities(self) -> np.ndarray:
        """The trained model's answers for the test set, float32 (10000, 10), rows sum to 1.

        Raises RunError when the run has not been evaluated or the file is damaged.
        """
        if not self.evaluated:
            raise RunError(f"The run {self.config.name} has not been evaluated yet: its training has not ended.")
        probabilities = self._evaluation(["probabilities"]).get("probabilities", np.empty(0))
        if probabilities.shape != (10_000, 10):
            raise RunError(f"The run {self.id} cannot be read: evaluation.npz has shape {probabilities.shape}.")
        return probabilities

    @property
    def statistics(self) -> dict[str, np.ndarray]:
        """What the trained model knows of its digits, the arrays of network.typicality.Typicality by name.

        Empty where the run has none, as before they were thought of. Raises RunError when the file is damaged.
        """
        found = self._evaluation(STATISTICS) if self.evaluated else {}
        return found if len(found) == len(STATISTICS) else {}

    @property
    def temperature(self) -> float | None:
        """What its logits are divided by to be calibrated, fitted on the digits that were held out from its training.

        None where none were. Raises RunError when the file is damaged.
        """
        found = self._evaluation([TEMPERATURE]) if self.evaluated else {}
        return float(found[TEMPERATURE]) if TEMPERATURE in found else None

    def save_evaluation(
        self, probabilities: np.ndarray, *, statistics: dict[str, np.ndarray], temperature: float | None = None
    ) -> None:
        """Replace what ``test_probabilities``, ``statistics`` and ``temperature`` give."""
        fitted = {} if temperature is None else {TEMPERATURE: np.array(temperature)}
        with replacing(self.path / EVALUATION) as path:
            np.savez_compressed(path, probabilities=probabilities, **statistics, **fitted)

    @property
    def snapshots(self) -> dict[int, Path]:
        """Epoch to file, oldest first: float16 weights as "layer/kernel" and "layer/bias", and test_probabilities."""
        paths = (self.path / "snapshots").glob("epoch-*.npz")
        return dict(sorted((int(path.stem.removeprefix("epoch-")), path) for path in paths))

    @property
    def resume_point(self) -> ResumePoint | None:
        """The newest full state, or None where training has left none."""
        return max(map(ResumePoint.of, (self.path / "resume").glob("epoch-*.keras")), default=None)

    @property
    def epochs_done(self) -> int:
        """Whole epochs behind the network so far."""
        epochs = self.epochs["epoch"]
        return int(epochs[-1]) if len(epochs) else 0

    @property
    def progress(self) -> float:
        """The share of this run's own epochs that is done, 0 to 1."""
        return self.progress_in(self.batches)

    def progress_in(self, batches: dict[str, np.ndarray]) -> float:
        """As ``progress``, for who has read its ``batches`` already."""
        config = self.config
        if not len(batches["epoch"]):
            return 0.0
        done = batches["epoch"][-1] - 1 - config.inherited_epochs
        done += batches["step"][-1] / config.training.steps_per_epoch
        return float(min(max(done / config.training.epochs, 0.0), 1.0))

    def continuation(self, *, name: str | None = None, **changes: Any) -> RunConfig:  # noqa: ANN401
        """The configuration of a new run that trains this run's network further, from where it stopped.

        ``changes``: TrainingConfig fields to change, such as the epochs to add.
        """
        config = self.config
        return RunConfig(
            name=name or f"{config.name} trained on"[:MAX_NAME_LENGTH],
            recipe=config.recipe,
            parent=self.id,
            inherited_epochs=self.epochs_done,
            model=config.model,
            training=replace(config.training, **changes),
        )

    @property
    def control(self) -> Control:
        """What people ask of its trainer now. Raises RunError when control.json is damaged."""
        if not (self.path / "control.json").exists():
            return Control()
        try:
            return Control(**self._json("control.json"))
        except (LabError, TypeError) as error:
            raise RunError(f"The run {self.id} cannot be read: control.json is damaged ({error}).") from error

    def ask(self, **changes: Any) -> None:  # noqa: ANN401, a Control's own fields
        """Ask its trainer for ``changes``, fields of Control. Raises ConfigError when one is out of bounds."""
        with self._locked():
            write_json(self.path / "control.json", asdict(replace(self.control, **changes)))

    def cancel(self) -> None:
        """Ask the trainer to stop and keep what was learned; where no trainer has the run, it stops at once."""
        self.ask(cancel=True)
        if self.status.state == QUEUED or self.status.suspended:
            self.update(only_in=(QUEUED, PAUSED), state=CANCELLED, ended_at=time.time())

    def requeue(self) -> None:
        """Put a run that no trainer has in line again, to go on from its last state."""
        self.ask(cancel=False, pause=False)
        self.update(
            state=QUEUED, queued_at=time.time(), ended_at=None, error=None, diverged=False, scores=None, deaths=0
        )

    def renamed(self, name: str) -> "Run":
        """This run under another ``name``. Raises ConfigError when nobody could read it, RunError for a shipped run."""
        self._refuse_if_shipped()
        with self._locked():
            values = self._json("config.json")
            write_json(self.path / "config.json", values | {"name": replace(self.config, name=name.strip()).name})
        return Run(self.path)

    def delete(self) -> None:
        """Remove its folder; one that waits is not trained any more.

        Raises RunError for a shipped run, and while a trainer is at work on it.
        """
        self._refuse_if_shipped()
        with self._locked():
            if self.status.has_trainer:
                raise RunError(f"The run {self.config.name} is being trained. Cancel it first.")
            # Out of the way in one step: nobody ever sees half of it.
            gone = self.path.rename(self.home / f".deleted-{self.id}")
        shutil.rmtree(gone, ignore_errors=True)

    def _refuse_if_shipped(self) -> None:
        if self.shipped:
            raise RunError(f"The run {self.config.name} came with the app and stays as it is.")

    def update(self, *, only_in: tuple[str, ...] = (), **changes: Any) -> bool:  # noqa: ANN401, a Status' own fields
        """Replace some fields of status.json; with ``only_in``, only from one of those states.

        Returns whether it was done.
        """
        with self._locked():
            values = self._json("status.json")
            if only_in and values["state"] not in only_in:
                return False
            write_json(self.path / "status.json", vars(Status(**values | changes)))
        return True

    def release_disk_reserve(self) -> None:
        """Free the little space that was set aside so that a full disk can still be told."""
        (self.path / DISK_RESERVE).unlink(missing_ok=True)

    def truncate_history(self, epochs: int, steps: int = 0) -> None:
        """Drop what the CSVs hold beyond ``epochs`` whole epochs and ``steps`` batches: it will be trained again."""
        whole, batches = self.epochs, self.batches
        begun = (batches["epoch"] == epochs + 1) & (batches["step"] <= steps)
        write_columns(self.path / "epochs.csv", whole, whole["epoch"] <= epochs)
        write_columns(self.path / "batches.csv", batches, (batches["epoch"] <= epochs) | begun)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among all who change a status or a control here: what is read inside still holds when it is written.

        The lock lies beside the runs: in a run's own folder it would bring back one that was deleted.
        """
        with FileLock(self.path.parent / ".lock"):
            yield

    def _evaluation(self, names: Iterable[str]) -> dict[str, np.ndarray]:
        """Those of the arrays called ``names`` that evaluation.npz has."""
        with self._reading(EVALUATION):
            return read_arrays(self.path / EVALUATION, names)

    def _json(self, name: str) -> dict[str, Any]:
        with self._reading(name):
            return read_object(self.path / name)

    def _csv(self, name: str, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
        with self._reading(name):
            return read_columns(self.path / name, columns)

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        """Raise RunError where the file ``name`` is missing or damaged."""
        try:
            yield
        except FileNotFoundError as error:
            raise RunError(f"The run {self.id} cannot be read: {name} is missing.") from error
        except DAMAGED_ARCHIVE as error:
            raise RunError(f"The run {self.id} cannot be read: {name} is damaged ({error}).") from error
