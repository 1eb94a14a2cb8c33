"""A run: the folder that holds one training's configuration, status, history and network."""

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
    atomic_write,
    read_arrays,
    read_columns,
    read_object,
    write_columns,
    write_json,
)
from mnist_core.runs.status import CANCELLED, INTERRUPTED, PAUSED, QUEUED, ResumePoint, Status

SHIPPED = Path(__file__).parents[1] / "pretrained"
HEARTBEAT_TIMEOUT_SECONDS = 10.0  # a trainer writes its heartbeat at least once a second

EVALUATION_FILE = "evaluation.npz"
STATISTICS_ARRAYS = ("whitening", "means", "scales", "known")  # arrays of EVALUATION_FILE, for network.typicality
TEMPERATURE_ARRAY = "temperature"  # a scalar array of EVALUATION_FILE
DISK_RESERVE = ".reserve"  # a file in the run's folder, deleted on a full disk so that the status can be written

EPOCH_COLUMNS = ("epoch", "seconds", "loss", "accuracy", "val_loss", "val_accuracy")
BATCH_COLUMNS = ("epoch", "step", "seconds", "loss", "accuracy")


class RunError(LabError):
    """The run is unknown, or its folder cannot be read."""


@dataclass(frozen=True)
class Run:
    """A run's folder. Every property but ``config`` reads the files at each access.

    Files are replaced atomically; only the CSVs grow, and a reader ignores an incomplete last line: it needs no lock.
    """

    path: Path

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.path.name

    @cached_property
    def config(self) -> RunConfig:
        """The configuration; only its name can change. Raises RunError when config.json is damaged."""
        try:
            return RunConfig.from_json(self._json("config.json"))
        except LabError as error:
            raise RunError(f"The run {self.id} cannot be read: {error}") from error

    @property
    def status(self) -> Status:
        """The current status; a run with a trainer but without a recent heartbeat is INTERRUPTED."""
        try:
            values = self._json("status.json")
            status = Status(**values)
        except TypeError as error:
            raise RunError(f"The run {self.id} cannot be read: status.json has other fields ({error}).") from error
        if status.has_trainer and time.time() - (status.heartbeat or 0) > HEARTBEAT_TIMEOUT_SECONDS:
            return replace(status, state=INTERRUPTED)
        return status

    @property
    def shipped(self) -> bool:
        """Whether the run is part of the app, and therefore read-only."""
        return self.path.parent == SHIPPED

    @property
    def home(self) -> Path:
        """The lab's home folder that contains the run."""
        return self.path.parents[1]

    @property
    def has_model(self) -> bool:
        """Whether there is a trained model."""
        return self.model_path.exists()

    @property
    def model_path(self) -> Path:
        """The file of the trained model with its optimizer's state, in the ``.keras`` format."""
        return self.path / "model.keras"

    @property
    def hdf5_path(self) -> Path:
        """The file of the trained model as HDF5; shipped runs have none, the engine converts them on demand."""
        return self.path / "model.h5"

    @property
    def epochs(self) -> dict[str, np.ndarray]:
        """Columns of epochs.csv, float64 (epochs done,): epoch, seconds, loss, accuracy, val_loss, val_accuracy."""
        return self._csv("epochs.csv", EPOCH_COLUMNS)

    @property
    def batches(self) -> dict[str, np.ndarray]:
        """Columns of batches.csv, float64: epoch, step, seconds, loss, accuracy; step is the batch in its epoch."""
        return self._csv("batches.csv", BATCH_COLUMNS)

    @property
    def evaluated(self) -> bool:
        """Whether its predictions for the test set are stored."""
        return (self.path / EVALUATION_FILE).exists()

    @property
    def test_probabilities(self) -> np.ndarray:
        """Test-set probabilities, float32 (10000, 10), rows sum to 1. Raises RunError when missing or damaged."""
        if not self.evaluated:
            raise RunError(f"The run {self.config.name} has not been evaluated yet: its training has not ended.")
        probabilities = self._evaluation(["probabilities"]).get("probabilities", np.empty(0))
        if probabilities.shape != (10_000, 10):
            raise RunError(f"The run {self.id} cannot be read: evaluation.npz has shape {probabilities.shape}.")
        return probabilities

    @property
    def statistics(self) -> dict[str, np.ndarray]:
        """The arrays of network.typicality.Typicality by name, empty without them. Raises RunError when damaged."""
        arrays = self._evaluation(STATISTICS_ARRAYS) if self.evaluated else {}
        return arrays if len(arrays) == len(STATISTICS_ARRAYS) else {}

    @property
    def temperature(self) -> float | None:
        """The divisor that calibrates the logits, fitted on held-out training digits; None without such digits.

        Raises RunError when the file is damaged.
        """
        arrays = self._evaluation([TEMPERATURE_ARRAY]) if self.evaluated else {}
        return float(arrays[TEMPERATURE_ARRAY]) if TEMPERATURE_ARRAY in arrays else None

    def save_evaluation(
        self, probabilities: np.ndarray, *, statistics: dict[str, np.ndarray], temperature: float | None = None
    ) -> None:
        """Store the values of ``test_probabilities``, ``statistics`` and ``temperature``."""
        temperature_array = {} if temperature is None else {TEMPERATURE_ARRAY: np.array(temperature)}
        with atomic_write(self.path / EVALUATION_FILE) as path:
            np.savez_compressed(path, probabilities=probabilities, **statistics, **temperature_array)

    @property
    def snapshots(self) -> dict[int, Path]:
        """Files by epoch, oldest first: float16 weights as "layer/kernel" and "layer/bias", and test_probabilities."""
        paths = (self.path / "snapshots").glob("epoch-*.npz")
        return dict(sorted((int(path.stem.removeprefix("epoch-")), path) for path in paths))

    @property
    def resume_point(self) -> ResumePoint | None:
        """The newest saved training state, or None."""
        return max(map(ResumePoint.of, (self.path / "resume").glob("epoch-*.keras")), default=None)

    @property
    def epochs_done(self) -> int:
        """The network's completed epochs, inherited ones included."""
        epochs = self.epochs["epoch"]
        return int(epochs[-1]) if len(epochs) else 0

    @property
    def progress(self) -> float:
        """The completed share of this run's own epochs, 0 to 1."""
        return self.progress_in(self.batches)

    def progress_in(self, batches: dict[str, np.ndarray]) -> float:
        """Like ``progress``, for a caller that has already read ``batches``."""
        config = self.config
        if not len(batches["epoch"]):
            return 0.0
        done = batches["epoch"][-1] - 1 - config.inherited_epochs
        done += batches["step"][-1] / config.training.steps_per_epoch
        return float(min(max(done / config.training.epochs, 0.0), 1.0))

    def continuation(self, *, name: str | None = None, **changes: Any) -> RunConfig:  # noqa: ANN401
        """The configuration of a new run that continues training this run's network.

        ``changes``: TrainingConfig fields to change, such as the number of further epochs.
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
        """The current requests to its trainer. Raises RunError when control.json is damaged."""
        if not (self.path / "control.json").exists():
            return Control()
        try:
            return Control(**self._json("control.json"))
        except (LabError, TypeError) as error:
            raise RunError(f"The run {self.id} cannot be read: control.json is damaged ({error}).") from error

    def update_control(self, **changes: Any) -> None:  # noqa: ANN401, a Control's own fields
        """Change fields of Control, which the trainer reads. Raises ConfigError when a value is out of bounds."""
        with self._locked():
            write_json(self.path / "control.json", asdict(replace(self.control, **changes)))

    def cancel(self) -> None:
        """Ask the trainer to stop and keep the network; a run without a trainer is cancelled at once."""
        self.update_control(cancel=True)
        if self.status.state == QUEUED or self.status.suspended:
            self.update(only_in=(QUEUED, PAUSED), state=CANCELLED, ended_at=time.time())

    def requeue(self) -> None:
        """Queue a run without a trainer again; it continues from its last saved state."""
        self.update_control(cancel=False, pause=False)
        self.update(
            state=QUEUED, queued_at=time.time(), ended_at=None, error=None, diverged=False, scores=None, deaths=0
        )

    def renamed(self, name: str) -> "Run":
        """Rename the run and return it. Raises ConfigError for an invalid name, RunError for a shipped run."""
        self._refuse_if_shipped()
        with self._locked():
            values = self._json("config.json")
            write_json(self.path / "config.json", values | {"name": replace(self.config, name=name.strip()).name})
        return Run(self.path)

    def delete(self) -> None:
        """Delete the folder, which also removes a queued run. Raises RunError when it is shipped or in training."""
        self._refuse_if_shipped()
        with self._locked():
            if self.status.has_trainer:
                raise RunError(f"The run {self.config.name} is being trained. Cancel it first.")
            # Renaming is atomic, so no reader sees a partly deleted run.
            trash = self.path.rename(self.home / f".deleted-{self.id}")
        shutil.rmtree(trash, ignore_errors=True)

    def _refuse_if_shipped(self) -> None:
        if self.shipped:
            raise RunError(f"The run {self.config.name} came with the app and stays as it is.")

    def update(self, *, only_in: tuple[str, ...] = (), **changes: Any) -> bool:  # noqa: ANN401, a Status' own fields
        """Change fields of status.json; with ``only_in`` only in one of these states. Returns whether it did."""
        with self._locked():
            values = self._json("status.json")
            if only_in and values["state"] not in only_in:
                return False
            write_json(self.path / "status.json", vars(Status(**values | changes)))
        return True

    def release_disk_reserve(self) -> None:
        """Free the reserved disk space, so that the error of a full disk can be written to the status."""
        (self.path / DISK_RESERVE).unlink(missing_ok=True)

    def truncate_history(self, epochs: int, steps: int = 0) -> None:
        """Drop the CSV rows after ``epochs`` whole epochs and ``steps`` batches, which will be trained again."""
        epoch_columns, batches = self.epochs, self.batches
        in_partial_epoch = (batches["epoch"] == epochs + 1) & (batches["step"] <= steps)
        write_columns(self.path / "epochs.csv", epoch_columns, epoch_columns["epoch"] <= epochs)
        write_columns(self.path / "batches.csv", batches, (batches["epoch"] <= epochs) | in_partial_epoch)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock for changes of status, control or config, from reading the old values to writing the new ones.

        The lock file is outside the run's folder, because creating it there would recreate a deleted folder.
        """
        with FileLock(self.path.parent / ".lock"):
            yield

    def _evaluation(self, names: Iterable[str]) -> dict[str, np.ndarray]:
        """The arrays of evaluation.npz by name, without those that it lacks."""
        with self._reading(EVALUATION_FILE):
            return read_arrays(self.path / EVALUATION_FILE, names)

    def _json(self, name: str) -> dict[str, Any]:
        with self._reading(name):
            return read_object(self.path / name)

    def _csv(self, name: str, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
        with self._reading(name):
            return read_columns(self.path / name, columns)

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        """Convert the errors of a missing or damaged file ``name`` to RunError."""
        try:
            yield
        except FileNotFoundError as error:
            raise RunError(f"The run {self.id} cannot be read: {name} is missing.") from error
        except DAMAGED_ARCHIVE as error:
            raise RunError(f"The run {self.id} cannot be read: {name} is damaged ({error}).") from error
