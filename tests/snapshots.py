"""Runs with snapshots of random weights, for tests that need no training."""

from itertools import pairwise
from pathlib import Path

import numpy as np

from mnist_core.config import RunConfig
from mnist_core.runs import store
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED


def run_with_snapshots(home: Path, config: RunConfig, epochs: list[int], *, state: str = FINISHED, **status) -> Run:
    """A run that kept a snapshot of each of ``epochs``."""
    run = store.create(config, home)
    (run.path / "snapshots").mkdir()
    for epoch in epochs:
        save_snapshot(run, epoch)
    run.update(state=state, **status)
    return run


def save_snapshot(run: Run, epoch: int, **changes: np.ndarray) -> None:
    """Keep random weights as the snapshot of ``epoch``; ``changes`` are arrays by name, "/" written as "__"."""
    random = np.random.default_rng(epoch)
    model = run.config.model
    arrays = {}
    for number, (inputs, units) in enumerate(pairwise((784, *model.hidden_units, 10)), start=1):
        name = f"hidden_{number}" if number <= len(model.hidden_units) else "probabilities"
        limit = np.sqrt(6 / (inputs + units))
        arrays[f"{name}/kernel"] = random.uniform(-limit, limit, (inputs, units)).astype(np.float16)
        arrays[f"{name}/bias"] = random.normal(0, 0.01, units).astype(np.float16)
    arrays |= {name.replace("__", "/"): array for name, array in changes.items()}
    np.savez(run.path / "snapshots" / f"epoch-{epoch:02d}.npz", **arrays)
