"""Stored robustness of a run's network: its accuracy on increasingly perturbed test digits.

``robustness.json`` in the run's folder has the hash of the measured model, so that a network that was trained further
counts as not measured.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from mnist_core.errors import DamagedFile, RunError
from mnist_core.runs.files import read_json, write_json
from mnist_core.runs.run import Run

FILE = "robustness.json"


@dataclass(frozen=True)
class Curve:
    """The accuracies, 0 to 1, at the levels of one perturbation, in its unit."""

    __pydantic_config__ = ConfigDict(allow_inf_nan=False)

    levels: tuple[float, ...]
    accuracies: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.levels) != len(self.accuracies):
            raise ValueError(f"{len(self.levels)} levels need as many accuracies, got {len(self.accuracies)}")
        if not all(0 <= accuracy <= 1 for accuracy in self.accuracies):
            raise ValueError(f"accuracies are between 0 and 1, got {self.accuracies}")


@dataclass(frozen=True)
class Robustness:
    """Curves by perturbation name, measured on ``digits`` test digits. ``model``: the SHA-256 of the model file."""

    model: str
    digits: Annotated[int, Field(ge=1, le=10_000)]
    curves: dict[str, Curve]

    def save(self, run: Run) -> None:
        """Write it to the folder of ``run``. Raises RunError when the folder cannot be written."""
        try:
            write_json(run.path / FILE, asdict(self))
        except FileNotFoundError as error:
            raise RunError(f"The run {run.id} was deleted meanwhile.") from error
        except OSError as error:
            raise RunError(f"The robustness of the run {run.id} cannot be kept: {error.strerror or error}.") from error


ROBUSTNESS_JSON = TypeAdapter(Robustness)


def read_robustness(run: Run, levels: Mapping[str, tuple[float, ...]]) -> Robustness | None:
    """The stored robustness of the current network of ``run``, or None.

    ``levels``: the required levels by perturbation name; a result with other levels counts as not measured, and so
    does a damaged file, because it can be measured again.
    """
    path = run.path / FILE
    if not (path.exists() and run.has_model()):
        return None
    try:
        robustness = read_json(path, ROBUSTNESS_JSON)
    except (FileNotFoundError, DamagedFile):
        return None
    levels_match = {name: curve.levels for name, curve in robustness.curves.items()} == levels
    return robustness if levels_match and robustness.model == fingerprint(run) else None


def fingerprint(run: Run) -> str:
    """The SHA-256 of the current model file of ``run``. Raises RunError when it has none."""
    try:
        mtime_ns = run.model_path.stat().st_mtime_ns
        return _fingerprint(run.model_path, mtime_ns)
    except OSError as error:
        raise RunError(f"The run {run.id} has no trained network to measure.") from error


@lru_cache(maxsize=100)
def _fingerprint(path: Path, mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
