"""Snapshots: the weights of a run's network after an epoch as arrays, and its forward pass in NumPy."""

import zipfile
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.special import softmax

from mnist_core.config import ModelConfig
from mnist_core.runs.activations import ACTIVATIONS
from mnist_core.runs.run import Run, RunError

PIXELS, CLASSES = 28 * 28, 10
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
        return softmax(self.sums(digits)[-1], axis=1)


def snapshot_path(run: Run, epoch: int) -> Path:
    """The file of the snapshot of ``epoch``. Raises RunError when there is none."""
    path = run.snapshots.get(epoch)
    if path is None:
        raise RunError(f"The run {run.config.name} kept no snapshot of epoch {epoch}.")
    return path


def read_snapshot(run: Run, epoch: int) -> Snapshot:
    """Read the network after ``epoch``, one of ``run.snapshots``; float16 weights are converted to float32.

    Raises RunError when the snapshot is missing, damaged or of another network.
    """
    model, path = run.config.model, snapshot_path(run, epoch)
    names = [*(f"hidden_{number}" for number in range(1, len(model.hidden_units) + 1)), OUTPUT]
    layers = tuple(_read_layers(path, names))
    shapes = [layer.kernel.shape for layer in layers]
    if shapes != list(pairwise((PIXELS, *model.hidden_units, CLASSES))):
        raise RunError(f"The snapshot {path.name} of the run {run.id} belongs to another network: {shapes}.")
    return Snapshot(model, layers)


def _read_layers(path: Path, names: list[str]) -> list[Dense]:
    try:
        # The file is opened here because NumPy does not close a damaged one.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as weights:
            return [
                Dense(weights[f"{name}/kernel"].astype(np.float32), weights[f"{name}/bias"].astype(np.float32))
                for name in names
            ]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise RunError(f"The snapshot {path.name} of the run {path.parents[1].name} cannot be read: {error}") from error
