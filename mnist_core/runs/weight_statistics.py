"""What a run's snapshots tell of its network: strong and dead units, and how far each layer moved."""

from dataclasses import dataclass

import numpy as np

from mnist_core.runs.activations import ACTIVATIONS
from mnist_core.runs.run import Run
from mnist_core.runs.snapshot import Snapshot, read_snapshot

BATCH = 1000  # digits at once
FLAT = 0.01  # of the steepest slope: where an activation is flatter, next to nothing is learned


@dataclass(frozen=True)
class History:
    """How a network's weights went on over ``epochs``, those of its snapshots, oldest first.

    ``moved``: float64 (epochs, layers), how far they are from the first snapshot's. ``pace``: float64 (epochs - 1,
    layers), how far they moved per epoch since the snapshot before. Both are shares of the length that a new layer's
    weights have.
    """

    epochs: tuple[int, ...]
    moved: np.ndarray
    pace: np.ndarray


@dataclass(frozen=True)
class Activity:
    """What a hidden layer does with some digits, as shares from 0 to 1.

    ``dead``: of its units, those that have next to no slope at any digit. ``flat``: of all its answers, those where
    its activation has next to no slope.
    """

    dead: float
    flat: float


def history(run: Run) -> History:
    """The history of ``run``, which has a snapshot. Raises RunError when one cannot be read."""
    epochs = tuple(run.snapshots)
    first = before = read_snapshot(run, epochs[0])
    moved, steps = [], []
    for epoch in epochs:
        snapshot = read_snapshot(run, epoch)
        moved.append(distances(first, snapshot))
        steps.append(distances(before, snapshot))
        before = snapshot
    pace = np.array(steps[1:]).reshape(-1, len(first.layers)) / np.diff(epochs)[:, None]
    return History(epochs, np.array(moved), pace)


def strengths(kernel: np.ndarray) -> np.ndarray:
    """How strong each unit's weights are, float (units,): their length as a vector. ``kernel``: (inputs, units)."""
    return np.linalg.norm(kernel, axis=0)


def initial_limit(kernel: np.ndarray) -> float:
    """Weights of the shape of ``kernel``, (inputs, units), start anywhere from minus this to this, all alike.

    Glorot-uniform (Glorot and Bengio, 2010).
    """
    return float(np.sqrt(6 / sum(kernel.shape)))


def distances(before: Snapshot, after: Snapshot) -> np.ndarray:
    """How far each layer's weights are apart, float64 (layers,), as a share of the length that new ones have.

    A uniform distribution up to ``limit`` has the mean square limit²/3.
    """
    return np.array(
        [
            np.linalg.norm(new.kernel - old.kernel) / (initial_limit(old.kernel) * np.sqrt(old.kernel.size / 3))
            for old, new in zip(before.layers, after.layers, strict=True)
        ]
    )


def dead_units(snapshot: Snapshot, digits: np.ndarray) -> tuple[np.ndarray, ...]:
    """Which units of each hidden layer, bool (units,), have no slope at any of ``digits``, uint8 (N, 28, 28).

    With ReLU these are the units that never fire. Learning follows slopes, so no such digit can wake them.
    """
    activation = ACTIVATIONS[snapshot.model.activation]
    alive = [np.zeros(len(layer.bias), bool) for layer in snapshot.hidden]
    for start in range(0, len(digits), BATCH):
        # Only the layers up to the last with a unit in doubt matter, and of that one only those units.
        deepest = max((number for number, known in enumerate(alive) if not known.all()), default=-1)
        outputs = snapshot.inputs(digits[start : start + BATCH])
        for number, layer in enumerate(snapshot.hidden[: deepest + 1]):
            tried = np.arange(len(layer.bias)) if number < deepest else np.flatnonzero(~alive[number])
            sums = outputs @ layer.kernel[:, tried] + layer.bias[tried]
            alive[number][tried] |= (np.abs(activation.slope(sums)) >= FLAT * activation.steepest).any(axis=0)
            outputs = activation.function(sums)
    return tuple(~known for known in alive)


def activity(snapshot: Snapshot, digits: np.ndarray) -> tuple[Activity, ...]:
    """What each hidden layer does with ``digits``, uint8 (N, 28, 28), few enough to be tried at once."""
    activation = ACTIVATIONS[snapshot.model.activation]
    hidden = snapshot.sums(digits)[:-1]
    flat = [np.abs(activation.slope(sums)) < FLAT * activation.steepest for sums in hidden]
    return tuple(Activity(float(each.all(axis=0).mean()), float(each.mean())) for each in flat)
