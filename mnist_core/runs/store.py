"""A run is a folder, and the folder is the single source of truth about it.

Whoever trains writes it; pages and commands read it while it grows. What is replaced is replaced atomically, what
grows is a CSV whose last line may be half-written, so a reader never needs a lock.
"""

import json
import os
import shutil
import time
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from mnist_core import __version__
from mnist_core.config import MAX_NAME_LENGTH, RunConfig
from mnist_core.errors import LabError

SHIPPED = Path(__file__).parents[1] / "pretrained"
DEFAULT_RUNS = ("world", "book")  # the app's default model is the first of these that ships
SHIPPED_SNAPSHOTS = 6
STALE_AFTER = 10.0  # seconds without a heartbeat; a trainer beats at least once a second

QUEUED, RUNNING, FINISHED, CANCELLED, FAILED = "queued", "running", "finished", "cancelled", "failed"
INTERRUPTED = "interrupted"  # never written: a running one whose heartbeat is stale


class RunError(LabError):
    """A run that is unknown, or a folder that is not a readable run."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a run stands. Times are seconds since 1970, ``seconds`` is the time spent training."""

    state: str
    queued_at: float
    started_at: float | None = None
    ended_at: float | None = None
    heartbeat: float | None = None
    seconds: float = 0.0
    error: str | None = None
    scores: dict[str, float] | None = None  # of a run that ended: those of evaluation.Scores

    @property
    def active(self) -> bool:
        """Whether something will still happen without anybody asking."""
        return self.state in (QUEUED, RUNNING)


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
        """What was asked; it never changes. Raises RunError when config.json is damaged."""
        try:
            return RunConfig.from_json(self._json("config.json"))
        except LabError as error:
            raise RunError(f"The run {self.id} cannot be read: {error}") from error

    @property
    def status(self) -> Status:
        """How it stands now; RUNNING without a recent heartbeat is INTERRUPTED."""
        try:
            values = self._json("status.json")
            status = Status(**values)
        except TypeError as error:
            raise RunError(f"The run {self.id} cannot be read: status.json has other fields ({error}).") from error
        if status.state == RUNNING and time.time() - (status.heartbeat or 0) > STALE_AFTER:
            return Status(**values | {"state": INTERRUPTED})
        return status

    @property
    def shipped(self) -> bool:
        """Whether it came with the app and is never written."""
        return self.path.parent == SHIPPED

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
    def test_probabilities(self) -> np.ndarray:
        """The trained model's answers for the test set, float32 (10000, 10), rows sum to 1.

        Raises RunError when the run has not been evaluated or the file is damaged.
        """
        path = self.path / "evaluation.npz"
        if not path.exists():
            raise RunError(f"The run {self.config.name} has not been evaluated yet: its training has not ended.")
        try:
            with np.load(path, allow_pickle=False) as archive:
                probabilities = archive["probabilities"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise RunError(f"The run {self.id} cannot be read: evaluation.npz is damaged ({error}).") from error
        if probabilities.shape != (10_000, 10):
            raise RunError(f"The run {self.id} cannot be read: evaluation.npz has shape {probabilities.shape}.")
        return probabilities

    @property
    def snapshots(self) -> dict[int, Path]:
        """Epoch to file, oldest first: float16 weights as "layer/kernel" and "layer/bias", and test_probabilities."""
        paths = (self.path / "snapshots").glob("epoch-*.npz")
        return dict(sorted((int(path.stem.removeprefix("epoch-")), path) for path in paths))

    @property
    def resume_point(self) -> tuple[int, Path] | None:
        """Epochs done and the newest full state, or None where training has left none."""
        states = sorted((self.path / "resume").glob("epoch-*.keras"))
        return (int(states[-1].stem.removeprefix("epoch-")), states[-1]) if states else None

    @property
    def epochs_done(self) -> int:
        """Whole epochs behind the network so far."""
        epochs = self.epochs["epoch"]
        return int(epochs[-1]) if len(epochs) else 0

    @property
    def progress(self) -> float:
        """The share of this run's own epochs that is done, 0 to 1, as its batches tell."""
        batches, config = self.batches, self.config
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
    def cancel_requested(self) -> bool:
        """Whether someone has asked the trainer to stop."""
        return bool(self._control().get("cancel"))

    def ask_to_cancel(self) -> None:
        """Ask the trainer to stop and keep what was learned; a queued run is cancelled at once."""
        write_json(self.path / "control.json", {"cancel": True})
        if self.status.state == QUEUED:
            self.update(state=CANCELLED, ended_at=time.time())

    def requeue(self) -> None:
        """Put an interrupted, failed or cancelled run in line again, to go on from its last state."""
        write_json(self.path / "control.json", {})
        self.update(state=QUEUED, queued_at=time.time(), ended_at=None, error=None, scores=None)

    def update(self, **changes: Any) -> None:  # noqa: ANN401, a Status' own fields
        """Replace some fields of status.json."""
        values = self._json("status.json") | changes
        write_json(self.path / "status.json", vars(Status(**values)))

    def truncate_history(self, epochs: int) -> None:
        """Drop what the CSVs hold beyond ``epochs`` whole epochs: it will be trained again."""
        for name, columns in (("epochs.csv", EPOCH_COLUMNS), ("batches.csv", BATCH_COLUMNS)):
            values = self._csv(name, columns)
            kept = values["epoch"] <= epochs
            rows = zip(*(values[column][kept] for column in columns), strict=True)
            text = "".join(csv_line(row) for row in [columns, *rows])
            with replacing(self.path / name) as path:
                path.write_text(text)

    def _control(self) -> dict[str, Any]:
        return self._json("control.json") if (self.path / "control.json").exists() else {}

    def _json(self, name: str) -> dict[str, Any]:
        try:
            values = json.loads((self.path / name).read_text())
        except FileNotFoundError as error:
            raise RunError(f"The run {self.id} cannot be read: {name} is missing.") from error
        except (OSError, ValueError) as error:
            raise RunError(f"The run {self.id} cannot be read: {name} is damaged ({error}).") from error
        if not isinstance(values, dict):
            raise RunError(f"The run {self.id} cannot be read: {name} is damaged (not an object).")
        return values

    def _csv(self, name: str, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
        path = self.path / name
        lines = path.read_text().splitlines(keepends=True)[1:] if path.exists() else []
        rows = [line.split(",") for line in lines if line.endswith("\n")]
        try:
            values = np.array(rows, dtype=np.float64).reshape(-1, len(columns))
        except ValueError as error:
            raise RunError(f"The run {self.id} cannot be read: {name} is damaged ({error}).") from error
        return dict(zip(columns, values.T, strict=True))


EPOCH_COLUMNS = ("epoch", "seconds", "loss", "accuracy", "val_loss", "val_accuracy")
BATCH_COLUMNS = ("epoch", "step", "seconds", "loss", "accuracy")


def csv_line(values: tuple[float | str, ...]) -> str:
    """One line of a run's CSVs; whole numbers without a point."""
    return ",".join(value if isinstance(value, str) else f"{value:.6g}" for value in values) + "\n"


def home() -> Path:
    """The lab's home folder, made when missing: ``$DIGIT_LAB_HOME``, else ``lab/`` in the working directory.

    Raises RunError when it cannot be written.
    """
    path = Path(os.environ.get("DIGIT_LAB_HOME") or "lab").resolve()
    try:
        (path / "runs").mkdir(parents=True, exist_ok=True)
        probe = path / f".probe-{uuid.uuid4().hex}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise RunError(
            f"The lab's home folder {path} cannot be written ({error.strerror}). "
            "Make it writable, or name another one in the environment variable DIGIT_LAB_HOME."
        ) from error
    return path


def create(config: RunConfig, home: Path, *, state: str = QUEUED) -> Run:
    """Make a new run's folder. With ``config.parent`` it starts with the parent's history and full state.

    ``state``: QUEUED puts it in line for the engine; RUNNING is for a caller who trains it himself, now.
    Raises RunError when the parent is unknown or has no model.
    """
    run = Run(home / "runs" / f"{datetime.now():%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}")
    run.path.mkdir()
    try:
        if config.parent:
            _inherit(run, find(config.parent, home), config.inherited_epochs)
        versions = {name: version(name) for name in ("keras", "tensorflow")} | {"digit_lab": __version__}
        write_json(run.path / "config.json", config.to_json() | {"versions": versions})
        # The status comes last: a folder without one is not in the queue yet.
        write_json(run.path / "status.json", vars(Status(state=state, queued_at=time.time(), heartbeat=time.time())))
    except BaseException:
        shutil.rmtree(run.path)
        raise
    return run


def _inherit(run: Run, parent: Run, epochs: int) -> None:
    if not parent.has_model:
        raise RunError(f"The run {parent.config.name} has no trained network to go on from.")
    (run.path / "resume").mkdir()
    shutil.copyfile(parent.model_path, run.path / "resume" / f"epoch-{epochs:03d}.keras")
    for name in ("epochs.csv", "batches.csv"):
        shutil.copyfile(parent.path / name, run.path / name)


def ship(run: Run) -> Run:
    """Copy ``run`` to where the app's own runs are, under its name: without HDF5, with six snapshots."""
    target = Run(SHIPPED / run.config.name)
    shutil.rmtree(target.path, ignore_errors=True)
    shutil.copytree(run.path, target.path, ignore=shutil.ignore_patterns("model.h5", "control.json"))
    snapshots = target.snapshots
    kept = {round(index) for index in np.linspace(0, len(snapshots) - 1, SHIPPED_SNAPSHOTS)}
    for index, path in enumerate(snapshots.values()):
        if index not in kept:
            path.unlink()
    return target


def list_runs(home: Path) -> list[Run]:
    """All readable runs: those that ship, then the lab's, oldest first."""
    folders = [*sorted(SHIPPED.iterdir()), *sorted((home / "runs").iterdir())]
    return [run for run in map(Run, folders) if _readable(run)]


def unreadable_runs(home: Path) -> list[str]:
    """One message for each folder of the lab that should be a run and cannot be read."""
    messages = []
    for path in sorted((home / "runs").iterdir()):
        try:
            _check(Run(path))
        except RunError as error:
            messages.append(str(error))
    return messages


def _check(run: Run) -> None:
    _ = run.config, run.status


def _readable(run: Run) -> bool:
    if not run.path.is_dir():
        return False
    try:
        _check(run)
    except RunError:
        return False
    return True


def find(reference: str, home: Path) -> Run:
    """The run with this id, else the newest with this name, else the folder at this path.

    Raises RunError when there is none, naming those there are.
    """
    runs = list_runs(home)
    for run in runs:
        if run.id == reference:
            return run
    named = [run for run in runs if run.config.name == reference]
    if named:
        return named[-1]
    if (Path(reference) / "config.json").exists():
        run = Run(Path(reference).resolve())
        _check(run)
        return run
    known = ", ".join(run.config.name for run in runs) or "none yet"
    raise RunError(f"There is no run called {reference!r}. Known runs: {known}.")


def default_run(home: Path) -> Run | None:
    """The model that the app uses when nobody chose another, or None when none ships."""
    shipped = {run.id: run for run in list_runs(home) if run.shipped}
    return next((shipped[name] for name in DEFAULT_RUNS if name in shipped), None)


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Replace ``path`` by ``values`` in one step, so that no reader sees half of it."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(values, indent=2))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; it takes ``path``'s place if nothing was raised.

    It keeps the suffix, which Keras reads the format from.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
