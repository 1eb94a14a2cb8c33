"""Snapshots: the weights of a run's network after an epoch as arrays, and its forward pass in NumPy."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.special import softmax

from mnist_core.activations import ACTIVATIONS
from mnist_core.config import CLASSES, PIXELS, ModelConfig
from mnist_core.errors import DamagedFile, RunError
from mnist_core.runs.files import read_arrays
from mnist_core.runs.run import Run

OUTPUT = "probabilities"  # the last layer's name in the network


@dataclass(frozen=True)
class Dense:
    """A layer that computes x @ kernel + bias. ``kernel``: float (inputs, units), ``bias``: float (units,)."""

    kernel: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class Snapshot:
    """The weights of a network with the configuration ``model``: ``layers`` are the hidden layers, then the output."""

    model: ModelConfig
    layers: tuple[Dense, ...]

    @property
    def hidden(self) -> tuple[Dense, ...]:
        """The hidden layers, without the output layer."""
        return self.layers[:-1]

    def inputs(self, digits: np.ndarray) -> np.ndarray:
        """The first layer's inputs for ``digits``, uint8 (..., 28, 28): float32 (..., 784), 0 to 1 or 0 to 255."""
        pixels = digits.reshape(*digits.shape[:-2], PIXELS).astype(np.float32)
        return pixels / 255 if self.model.scaling else pixels

    def sums(self, digits: np.ndarray) -> list[np.ndarray]:
        """Each layer's weighted sums for ``digits``, uint8 (N, 28, 28): float32 (N, units), the logits last."""
        outputs, sums = self.inputs(digits), []
        for layer in self.layers:
            sums.append(outputs @ layer.kernel + layer.bias)
            outputs = ACTIVATIONS[self.model.activation].function(sums[-1])
        return sums

    def probabilities(self, digits: np.ndarray) -> np.ndarray:
        """The network's probabilities for ``digits``, uint8 (N, 28, 28): float32 (N, 10), rows sum to 1."""
        probabilities: np.ndarray = softmax(self.sums(digits)[-1], axis=1)
        return probabilities


def snapshot_path(run: Run, epoch: int) -> Path:
    """The file of the snapshot of ``epoch``. Raises RunError when there is none."""
    path = run.snapshots().get(epoch)
    if path is None:
        raise RunError(f"The run {run.read_config().name} kept no snapshot of epoch {epoch}.")
    return path


def read_snapshot(run: Run, epoch: int) -> Snapshot:
    """Read the network after ``epoch``, one of ``run.snapshots()``; float16 weights are converted to float32.

    Raises RunError when the snapshot is missing, damaged or of another network.
    """
    model, path = run.read_config().model, snapshot_path(run, epoch)
    layer_names = [*(f"hidden_{number}" for number in range(1, len(model.hidden_units) + 1)), OUTPUT]
    names = [f"{name}/{part}" for name in layer_names for part in ("kernel", "bias")]
    shapes = pairwise((PIXELS, *model.hidden_units, CLASSES))
    expected = [shape for inputs, units in shapes for shape in ((inputs, units), (units,))]
    arrays = read_snapshot_arrays(path, names)
    if [array.shape for array in arrays.values()] != expected:
        raise RunError(f"The snapshot {path.name} of the run {run.id} belongs to another network.")
    kernels_and_biases = [array.astype(np.float32) for array in arrays.values()]
    return Snapshot(model, tuple(map(Dense, kernels_and_biases[::2], kernels_and_biases[1::2])))


def read_snapshot_arrays(path: Path, names: Iterable[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays of a snapshot by name, all or those of ``names``. Raises RunError when one is missing or damaged."""
    try:
        arrays = read_arrays(path, names)
        missing = [name for name in names or () if name not in arrays]
        if missing:
            raise DamagedFile(f"it has no {missing[0]}")
        if not all(np.isfinite(array).all() for array in arrays.values()):
            raise DamagedFile("it holds numbers that are not finite")
    except (DamagedFile, FileNotFoundError) as error:
        run_id = path.parents[1].name
        raise RunError(f"The snapshot {path.name} of the run {run_id} cannot be read: {error}.") from error
    return arrays
