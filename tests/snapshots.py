"""Helpers that create runs with snapshots of random weights, for tests that need no training."""

from itertools import pairwise
from pathlib import Path

import numpy as np

from mnist_core.config import RunConfig
from mnist_core.runs import store
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED


def run_with_snapshots(home: Path, config: RunConfig, epochs: list[int], *, state: str = FINISHED, **status) -> Run:
    """Create a run with a snapshot of random weights for each of ``epochs``."""
    run = store.create(config, home)
    (run.path / "snapshots").mkdir()
    for epoch in epochs:
        save_snapshot(run, epoch)
    run.update(state=state, **status)
    return run


def save_snapshot(run: Run, epoch: int, **changes: np.ndarray) -> None:
    """Save random weights as the snapshot of ``epoch``. ``changes``: arrays by name, with "__" for "/"."""
    random = np.random.default_rng(epoch)
    model = run.read_config().model
    arrays = {}
    for layer, (inputs, units) in enumerate(pairwise((784, *model.hidden_units, 10)), start=1):
        name = f"hidden_{layer}" if layer <= len(model.hidden_units) else "probabilities"
        limit = np.sqrt(6 / (inputs + units))
        arrays[f"{name}/kernel"] = random.uniform(-limit, limit, (inputs, units)).astype(np.float16)
        arrays[f"{name}/bias"] = random.normal(0, 0.01, units).astype(np.float16)
    arrays |= {name.replace("__", "/"): array for name, array in changes.items()}
    np.savez(run.path / "snapshots" / f"epoch-{epoch:02d}.npz", **arrays)
