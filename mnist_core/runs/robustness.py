"""What a run keeps of its network's robustness: how many digits it reads right, the more they are changed.

``robustness.json`` in its folder names the model that was measured, so a network that was trained on since counts as
not measured.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from mnist_core.runs.files import write_json
from mnist_core.runs.run import Run, RunError

FILE = "robustness.json"
# What reading it raises where it holds something else.
DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Curve:
    """The accuracy, 0 to 1, at each level of one perturbation, in its unit."""

    levels: tuple[float, ...]
    accuracies: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(map(float, self.levels)))
        object.__setattr__(self, "accuracies", tuple(map(float, self.accuracies)))
        if len(self.levels) != len(self.accuracies):
            raise ValueError(f"{len(self.levels)} levels need as many accuracies, got {len(self.accuracies)}")
        if not all(0 <= accuracy <= 1 for accuracy in self.accuracies):
            raise ValueError(f"accuracies are between 0 and 1, got {self.accuracies}")


@dataclass(frozen=True)
class Robustness:
    """Curves by the name of their perturbation, measured with ``digits`` digits of the test set.

    ``model``: the SHA-256 of the file with the network.
    """

    model: str
    digits: int
    curves: dict[str, Curve]

    def save(self, run: Run) -> None:
        """Keep it in the folder of ``run``. Raises RunError when that cannot be written."""
        try:
            write_json(run.path / FILE, asdict(self))
        except FileNotFoundError as error:
            raise RunError(f"The run {run.id} was deleted meanwhile.") from error
        except OSError as error:
            raise RunError(f"The robustness of the run {run.id} cannot be kept: {error.strerror or error}.") from error


def read_robustness(run: Run, levels: Mapping[str, tuple[float, ...]]) -> Robustness | None:
    """What was measured of the network that ``run`` has now, or None where it was not.

    ``levels``: those that are wanted, by the perturbation's name; what was measured at others counts as not measured.
    So does a damaged file, as it only costs another measuring.
    """
    path = run.path / FILE
    if not (path.exists() and run.has_model):
        return None
    try:
        values = json.loads(path.read_text())
        curves = {str(name): Curve(**curve) for name, curve in values["curves"].items()}
        found = Robustness(str(values["model"]), int(values["digits"]), curves)
    except DAMAGED:
        return None
    wanted = {name: curve.levels for name, curve in curves.items()} == levels
    return found if wanted and found.model == fingerprint(run) else None


def fingerprint(run: Run) -> str:
    """The SHA-256 of the model of ``run`` as it is now. Raises RunError when it has none."""
    try:
        written = run.model_path.stat().st_mtime_ns
        return _fingerprint(run.model_path, written)
    except OSError as error:
        raise RunError(f"The run {run.id} has no trained network to measure.") from error


@lru_cache(maxsize=100)
def _fingerprint(path: Path, written: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
