"""Statistics of a run's snapshots: unit norms, dead units, and how far each layer's weights moved."""

from dataclasses import dataclass

import numpy as np

from mnist_core.activations import ACTIVATIONS
from mnist_core.runs.run import Run
from mnist_core.runs.snapshot import Snapshot, read_snapshot

BATCH_SIZE = 1000
FLAT_SLOPE_RATIO = 0.01  # slope / largest slope: below it, a unit hardly learns


@dataclass(frozen=True)
class WeightHistory:
    """The movement of a network's weights over ``epochs``, those of its snapshots, oldest first.

    ``distance``: float64 (epochs, layers), from the first snapshot. ``distance_per_epoch``: float64 (epochs - 1,
    layers), from the previous snapshot. Both in units of ``layer_distances``.
    """

    epochs: tuple[int, ...]
    distance: np.ndarray
    distance_per_epoch: np.ndarray


@dataclass(frozen=True)
class Activity:
    """How often a hidden layer's activation has almost no slope, as shares from 0 to 1.

    ``dead``: share of its units with almost no slope at every digit. ``flat``: share of all its outputs with almost no
    slope.
    """

    dead: float
    flat: float


def history(run: Run) -> WeightHistory:
    """The weight history of ``run``, which must have a snapshot. Raises RunError when one cannot be read."""
    epochs = tuple(run.snapshots())
    first = before = read_snapshot(run, epochs[0])
    distance, steps = [], []
    for epoch in epochs:
        snapshot = read_snapshot(run, epoch)
        distance.append(layer_distances(first, snapshot))
        steps.append(layer_distances(before, snapshot))
        before = snapshot
    distance_per_epoch = np.array(steps[1:]).reshape(-1, len(first.layers)) / np.diff(epochs)[:, None]
    return WeightHistory(epochs, np.array(distance), distance_per_epoch)


def unit_norms(kernel: np.ndarray) -> np.ndarray:
    """The Euclidean norm of each unit's weights, float (units,). ``kernel``: float (inputs, units)."""
    norms: np.ndarray = np.linalg.norm(kernel, axis=0)
    return norms


def initial_limit(kernel: np.ndarray) -> float:
    """The limit of the uniform distribution that ``kernel``, (inputs, units), was initialized from.

    Glorot-uniform (Glorot and Bengio, 2010).
    """
    return float(np.sqrt(6 / sum(kernel.shape)))


def layer_distances(before: Snapshot, after: Snapshot) -> np.ndarray:
    """The distance of each layer's weights, float64 (layers,), divided by the expected norm of new weights.

    A uniform distribution from -limit to limit has the mean square limit²/3.
    """
    return np.array(
        [
            np.linalg.norm(new.kernel - old.kernel) / (initial_limit(old.kernel) * np.sqrt(old.kernel.size / 3))
            for old, new in zip(before.layers, after.layers, strict=True)
        ]
    )


def dead_units(snapshot: Snapshot, digits: np.ndarray) -> tuple[np.ndarray, ...]:
    """Masks of each hidden layer's units, bool (units,), with almost no slope at all ``digits``, uint8 (N, 28, 28).

    With ReLU these units never fire, and gradients through them are zero, so training does not change them.
    """
    activation = ACTIVATIONS[snapshot.model.activation]
    alive = [np.zeros(len(layer.bias), bool) for layer in snapshot.hidden]
    for start in range(0, len(digits), BATCH_SIZE):
        # Later layers without an undecided unit are skipped; of the deepest, only undecided units are computed.
        deepest = max((index for index, is_alive in enumerate(alive) if not is_alive.all()), default=-1)
        outputs = snapshot.inputs(digits[start : start + BATCH_SIZE])
        for index, layer in enumerate(snapshot.hidden[: deepest + 1]):
            units = np.arange(len(layer.bias)) if index < deepest else np.flatnonzero(~alive[index])
            sums = outputs @ layer.kernel[:, units] + layer.bias[units]
            alive[index][units] |= (np.abs(activation.slope(sums)) >= FLAT_SLOPE_RATIO * activation.max_slope).any(
                axis=0
            )
            outputs = activation.function(sums)
    return tuple(~is_alive for is_alive in alive)


def activity(snapshot: Snapshot, digits: np.ndarray) -> tuple[Activity, ...]:
    """The activity of each hidden layer for ``digits``, uint8 (N, 28, 28), computed as one batch."""
    activation = ACTIVATIONS[snapshot.model.activation]
    hidden = snapshot.sums(digits)[:-1]
    flat = [np.abs(activation.slope(sums)) < FLAT_SLOPE_RATIO * activation.max_slope for sums in hidden]
    return tuple(Activity(float(each.all(axis=0).mean()), float(each.mean())) for each in flat)
