"""A run: the folder that holds one training's configuration, status, history and network."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from filelock import FileLock
from pydantic import TypeAdapter

from mnist_core.config import MAX_NAME_LENGTH, RunConfig
from mnist_core.errors import DamagedFile, RunError
from mnist_core.runs.control import CONTROL_JSON, Control
from mnist_core.runs.evaluation import Evaluation
from mnist_core.runs.files import (
    JSON_OBJECT,
    MAX_JSON_BYTES,
    parse_config,
    read_bytes,
    read_columns,
    read_json,
    write_columns,
    write_json,
)
from mnist_core.runs.status import CANCELLED, PAUSED, QUEUED, STATUS_JSON, ResumePoint, Status
from mnist_core.runs.view import ListedRun, RunView, last_epoch
from mnist_core.untrusted.import_report import FILE as IMPORT_REPORT_FILE
from mnist_core.untrusted.import_report import REPORT_JSON, ImportReport

SHIPPED = Path(__file__).parents[1] / "pretrained"

SNAPSHOT_NAME = re.compile(r"epoch-(\d{2,7})\.npz")
DISK_RESERVE = ".reserve"  # a file in the run's folder, deleted on a full disk so that the status can be written

EPOCH_COLUMNS = ("epoch", "seconds", "loss", "accuracy", "val_loss", "val_accuracy")
BATCH_COLUMNS = ("epoch", "step", "seconds", "loss", "accuracy")
MAX_COUNT = 10**9  # of an epoch, step or second in the CSVs; a loss may be nan or inf, as a training can diverge

T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """A run's folder. The ``read`` methods read its files at each call; they raise RunError when one is damaged.

    Files are replaced atomically; only the CSVs grow, and a reader ignores an incomplete last line: it needs no lock.
    """

    path: Path

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.path.name

    @property
    def evaluation(self) -> Evaluation:
        """What was stored about its network on the test set."""
        return Evaluation(self.path)

    def listed(self) -> ListedRun:
        """This run as in a list of many. Raises RunError when a file is damaged."""
        return ListedRun(self, self.read_config(), self.read_status())

    def read(self) -> RunView:
        """All that a page shows of this run, read at one moment. Raises RunError when a file is damaged."""
        return RunView(
            self, self.read_config(), self.read_status(), self.read_epochs(), self.read_batches(), self.read_control()
        )

    def read_config(self) -> RunConfig:
        """The configuration; only its name can change."""
        with self._reading("config.json"):
            return parse_config(read_bytes(self.path / "config.json", MAX_JSON_BYTES))

    def read_status(self) -> Status:
        """The current status; a run with a trainer but without a recent heartbeat is INTERRUPTED."""
        return self.read_stored_status().at(time.time())

    def read_stored_status(self) -> Status:
        """The status as it was written last, whatever the time is now."""
        return self._json("status.json", STATUS_JSON)

    def read_control(self) -> Control:
        """The current requests to its trainer."""
        if not (self.path / "control.json").exists():
            return Control()
        return self._json("control.json", CONTROL_JSON)

    def read_epochs(self) -> dict[str, np.ndarray]:
        """The columns ``RunView.epochs``."""
        return self._csv("epochs.csv", EPOCH_COLUMNS)

    def read_batches(self) -> dict[str, np.ndarray]:
        """The columns ``RunView.batches``."""
        return self._csv("batches.csv", BATCH_COLUMNS)

    @property
    def shipped(self) -> bool:
        """Whether the run is part of the app, and therefore read-only."""
        return self.path.parent == SHIPPED

    @property
    def home(self) -> Path:
        """The lab's home folder that contains the run."""
        return self.path.parents[1]

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

    def read_import_report(self) -> ImportReport | None:
        """The report of a model from elsewhere; None without one, or if it is damaged, as it is informational."""
        with suppress(RunError):
            return self._json(IMPORT_REPORT_FILE, REPORT_JSON)
        return None

    def snapshots(self) -> dict[int, Path]:
        """Files by epoch, oldest first: float16 weights as "layer/kernel" and "layer/bias", and test_probabilities.

        A file with another name is ignored.
        """
        paths = ((SNAPSHOT_NAME.fullmatch(path.name), path) for path in (self.path / "snapshots").glob("epoch-*.npz"))
        return dict(sorted((int(match[1]), path) for match, path in paths if match))

    def resume_point(self) -> ResumePoint | None:
        """The newest saved training state, or None."""
        points = map(ResumePoint.of, (self.path / "resume").glob("epoch-*.keras"))
        return max((point for point in points if point), default=None)

    def continuation(self, *, name: str | None = None, **changes: Any) -> RunConfig:  # noqa: ANN401
        """The configuration of a new run that continues training this run's network.

        ``changes``: TrainingConfig fields to change, such as the number of further epochs.
        """
        config = self.read_config()
        return RunConfig(
            name=name or f"{config.name} trained on"[:MAX_NAME_LENGTH],
            recipe=config.recipe,
            parent=self.id,
            inherited_epochs=last_epoch(self.read_epochs()),
            model=config.model,
            training=replace(config.training, **changes),
        )

    def update_control(self, **changes: Any) -> None:  # noqa: ANN401, a Control's own fields
        """Change fields of Control, which the trainer reads. Raises ConfigError when a value is out of bounds."""
        with self._locked():
            self._write("control.json", asdict(replace(self.read_control(), **changes)))

    def cancel(self) -> None:
        """Ask the trainer to stop and keep the network; a run without a trainer is cancelled at once."""
        self.update_control(cancel=True)
        status = self.read_status()
        if status.state == QUEUED or status.suspended:
            self.update(only_in=(QUEUED, PAUSED), state=CANCELLED, ended_at=time.time())

    def requeue(self) -> None:
        """Queue a run without a trainer again; it continues from its last saved state."""
        self.update_control(cancel=False, pause=False)
        self.update(
            state=QUEUED, queued_at=time.time(), ended_at=None, error=None, diverged=False, scores=None, deaths=0
        )

    def rename(self, name: str) -> None:
        """Rename the run. Raises ConfigError for an invalid name, RunError for a shipped run."""
        self._refuse_if_shipped()
        with self._locked():
            self._write("config.json", {"name": replace(self.read_config(), name=name.strip()).name})

    def delete(self) -> None:
        """Delete the folder, which also removes a queued run. Raises RunError when it is shipped or in training."""
        self._refuse_if_shipped()
        with self._locked():
            if self.read_status().has_trainer:
                raise RunError(f"The run {self.read_config().name} is being trained. Cancel it first.")
            # Renaming is atomic, so no reader sees a partly deleted run.
            trash = self.path.rename(self.home / f".deleted-{self.id}")
        shutil.rmtree(trash, ignore_errors=True)

    def _refuse_if_shipped(self) -> None:
        if self.shipped:
            raise RunError(f"The run {self.read_config().name} came with the app and stays as it is.")

    def update(self, *, only_in: tuple[str, ...] = (), **changes: Any) -> bool:  # noqa: ANN401, a Status' own fields
        """Change fields of status.json; with ``only_in`` only in one of these states. Returns whether it did."""
        with self._locked():
            status = self.read_stored_status()
            if only_in and status.state not in only_in:
                return False
            self._write("status.json", vars(replace(status, **changes)))
        return True

    def release_disk_reserve(self) -> None:
        """Free the reserved disk space, so that the error of a full disk can be written to the status."""
        (self.path / DISK_RESERVE).unlink(missing_ok=True)

    def truncate_history(self, epochs: int, steps: int = 0) -> None:
        """Drop the CSV rows after ``epochs`` whole epochs and ``steps`` batches, which will be trained again."""
        epoch_columns, batches = self.read_epochs(), self.read_batches()
        in_partial_epoch = (batches["epoch"] == epochs + 1) & (batches["step"] <= steps)
        write_columns(self.path / "epochs.csv", epoch_columns, epoch_columns["epoch"] <= epochs)
        write_columns(self.path / "batches.csv", batches, (batches["epoch"] <= epochs) | in_partial_epoch)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock for changes of status, control or config, from reading the old values to writing the new ones.

        The lock file is outside the run's folder, because creating it there would recreate a deleted folder.
        """
        with runs_lock(self.path.parent):
            yield

    def _json(self, name: str, values: TypeAdapter[T]) -> T:
        with self._reading(name):
            return read_json(self.path / name, values)

    def _write(self, name: str, values: dict[str, Any]) -> None:
        """Replace ``values`` in a JSON file, which keeps its other fields: a newer version may have written them."""
        path = self.path / name
        write_json(path, (self._json(name, JSON_OBJECT) if path.exists() else {}) | values)

    def _csv(self, name: str, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
        with self._reading(name):
            values = read_columns(self.path / name, columns)
            for column in {"epoch", "step", "seconds"} & values.keys():
                if not ((values[column] >= 0) & (values[column] <= MAX_COUNT)).all():
                    raise DamagedFile(f"{column} has a value that is not between 0 and {MAX_COUNT:,}")
            return values

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        """Convert the errors of a missing or damaged file ``name`` to RunError."""
        try:
            yield
        except FileNotFoundError as error:
            raise RunError(f"The run {self.id} cannot be read: {name} is missing.") from error
        except DamagedFile as error:
            raise RunError(f"The run {self.id} cannot be read: {name} is damaged ({error}).") from error


def runs_lock(folder: Path) -> FileLock:
    """The lock of all runs in ``folder``, for changes of their status, control and configuration."""
    return FileLock(folder / ".lock")
