"""Resolution of a command's RUN argument to a model."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mnist_core.cli.output import UsageError
from mnist_core.predictions import Prediction
from mnist_core.room.state import RoomState, has_room
from mnist_core.runs import store

if TYPE_CHECKING:
    from mnist_core.network.predictor import Predictor


@dataclass(frozen=True)
class NamedModel:
    """A named model file. ``untrusted``: it may come from anywhere and is parsed in a sandbox."""

    name: str
    path: Path
    untrusted: bool = False

    def predict(self, digits: np.ndarray) -> Prediction:
        """Predict ``digits``, uint8 (N, 28, 28). Raises ModelError when the file is unusable."""
        return self.load().predict(digits)

    def load(self) -> "Predictor":
        """Load the model for predictions. Raises ModelError when the file is unusable."""
        from mnist_core.engine.classifier import load_predictor

        return load_predictor(self.path, untrusted=self.untrusted)


def resolve_model(reference: str | None) -> NamedModel:
    """The model that ``reference`` names: a run, a model file, or for None the default run.

    Raises UsageError or RunError when there is none.
    """
    if reference and reference.endswith((".keras", ".h5")):
        return NamedModel(Path(reference).name, Path(reference), untrusted=True)
    home = store.prepare_home()
    run = store.find_or_open(reference, home) if reference else store.default_run(home, _room_state(home).pinned)
    if run is None:
        raise UsageError("No network ships with this copy. Name a run, or train one: digit-lab train")
    if not run.has_model():
        raise UsageError(f"The run {run.read_config().name} has no trained network yet.")
    return NamedModel(run.read_config().name, run.model_path)


def _room_state(home: Path) -> RoomState:
    if not has_room(home):
        return RoomState()
    from mnist_core.room.database import open_database
    from mnist_core.room.settings import Settings

    return Settings(open_database(home)).now()
