"""A run's ``evaluation.npz``: the predictions of its network for the test set, and what was measured on digits."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_core.errors import DamagedFile, RunError
from mnist_core.runs.files import atomic_write, read_arrays

FILE = "evaluation.npz"
PROBABILITIES, TEMPERATURE = "probabilities", "temperature"  # names of arrays
SHAPE = (10_000, 10)  # of the probabilities
SUM_TOLERANCE = 0.01  # of a digit's probabilities; in snapshots they are float16
# The arrays of network.typicality.Typicality and their shapes; None: any size.
STATISTICS_SHAPES: dict[str, tuple[int | None, ...]] = {
    "whitening": (None, None),
    "means": (10, None),
    "scales": (2, 2),
    "known": (None,),
}


@dataclass(frozen=True)
class Evaluation:
    """The stored evaluation of the run at ``path``. Its methods raise RunError when the file is damaged."""

    path: Path

    @property
    def file(self) -> Path:
        """The path of the file."""
        return self.path / FILE

    def exists(self) -> bool:
        """Whether it was stored."""
        return self.file.exists()

    def read_probabilities(self) -> np.ndarray:
        """The probabilities of the test digits, float32 (10000, 10), rows sum to 1. Raises RunError without a file."""
        if not self.exists():
            raise RunError(f"The run {self.path.name} has not been evaluated yet: its training has not ended.")
        probabilities = self._read([PROBABILITIES]).get(PROBABILITIES, np.empty(0))
        if not are_probabilities(probabilities):
            raise self._error("it has no valid probabilities")
        return probabilities

    def read_statistics(self) -> dict[str, np.ndarray]:
        """The arrays of network.typicality.Typicality by name; empty without them."""
        arrays = self._read(STATISTICS_SHAPES) if self.exists() else {}
        if len(arrays) < len(STATISTICS_SHAPES):
            return {}
        for name, shape in STATISTICS_SHAPES.items():
            array = arrays[name]
            has_shape = array.ndim == len(shape) and all(
                want in (None, size) for want, size in zip(shape, array.shape, strict=True)
            )
            if not has_shape or not array.size or not np.isfinite(array).all():
                raise self._error(f"it has no valid {name}")
        return arrays

    def read_temperature(self) -> float | None:
        """The divisor that calibrates the logits, fitted on held-out training digits; None without such digits."""
        array = self._read([TEMPERATURE]).get(TEMPERATURE) if self.exists() else None
        if array is None:
            return None
        if array.size != 1 or not 0 < float(array.item()) < np.inf:
            raise self._error("it has no valid temperature")
        return float(array.item())

    def save(
        self, probabilities: np.ndarray, *, statistics: dict[str, np.ndarray], temperature: float | None = None
    ) -> None:
        """Store what the methods above read. Raises RunError when the run's folder cannot be written."""
        temperature_array = {} if temperature is None else {TEMPERATURE: np.array(temperature)}
        try:
            with atomic_write(self.file) as path:
                arrays = {PROBABILITIES: probabilities} | statistics | temperature_array
                np.savez_compressed(path, allow_pickle=False, **arrays)
        except OSError as error:
            raise RunError(
                f"The evaluation of the run {self.path.name} cannot be kept: {error.strerror or error}."
            ) from error

    def _read(self, names: Iterable[str]) -> dict[str, np.ndarray]:
        """The arrays by name, without those that the file lacks."""
        try:
            return read_arrays(self.file, names)
        except (DamagedFile, FileNotFoundError) as error:
            raise self._error(str(error)) from error

    def _error(self, reason: str) -> RunError:
        return RunError(f"The run {self.path.name} cannot be read: {FILE} is damaged ({reason}).")


def are_probabilities(array: np.ndarray) -> bool:
    """Whether ``array`` has the shape (10000, 10), and rows that are probabilities and sum to 1."""
    return (
        array.shape == SHAPE
        and bool((array >= 0).all())
        and bool((np.abs(array.sum(axis=1, dtype=np.float64) - 1) < SUM_TOLERANCE).all())
    )
