"""What a lab with many runs costs: a look of the dispatcher, and the pages that list all runs.

``python -m tests.benchmarks.many_runs [--runs 10 1000] [--repeats 9]`` prints processor milliseconds, the median and
the range of the repeats, for labs with so many finished runs. Each measurement is of an app, or a dispatcher, that has
looked once before. "Reading all" reads every status.json and config.json with json.loads, as a baseline.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mnist_core.config import RunConfig
from mnist_core.engine import queue
from mnist_core.runs import store
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED

SCORES = {"test_loss": 0.1, "test_accuracy": 0.985, "correct": 9_850, "incorrect": 150}
EPOCHS = 20
ADDRESSES = {"Runs tab": "train?tab=runs", "Home": "home", "Train": "train"}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=[10, 1_000])
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    for count in arguments.runs:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DIGIT_LAB_HOME"] = folder
            home = store.prepare_home()
            fill(home, count)
            for name, action in actions(home).items():
                action()
                milliseconds = [processor_milliseconds(action) for _ in range(arguments.repeats)]
                median, low, high = statistics.median(milliseconds), min(milliseconds), max(milliseconds)
                print(f"{count:5} runs  {name:16} {median:8.1f} ms  ({low:.1f} to {high:.1f})", flush=True)


def fill(home: Path, count: int) -> None:
    """Put ``count`` finished runs with a history and a placeholder of a model into ``home``."""
    template = store.create(RunConfig(name="run"), home)
    template.update(state=FINISHED, seconds=60.0, scores=SCORES)
    template.model_path.write_bytes(b"a network")
    epochs = np.arange(1, EPOCHS + 1)
    rows = [f"{epoch},{epoch * 3.0},0.1,0.97,0.08,0.98\n" for epoch in epochs]
    (template.path / "epochs.csv").write_text("epoch,seconds,loss,accuracy,val_loss,val_accuracy\n" + "".join(rows))
    rows = [f"{epoch},{step},{epoch * 3.0 + step / 200},0.1,0.97\n" for epoch in epochs for step in range(0, 469, 50)]
    (template.path / "batches.csv").write_text("epoch,step,seconds,loss,accuracy\n" + "".join(rows))
    config = json.loads((template.path / "config.json").read_text())
    for number in range(1, count):
        run = Run(home / f"runs/20261201-{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}-{number:06x}")
        shutil.copytree(template.path, run.path)
        (run.path / "config.json").write_text(json.dumps(config | {"name": f"run {number}"}))


def actions(home: Path) -> dict[str, Callable[[], object]]:
    """What is measured, by name."""

    def read_all() -> None:
        for path in (home / "runs").iterdir():
            for name in ("status.json", "config.json") if path.is_dir() else ():
                json.loads((path / name).read_text())

    return {
        "reading all": read_all,
        "dispatcher": lambda: queue.waiting(home),
        **{name: page(address) for name, address in ADDRESSES.items()},
    }


def page(address: str) -> Callable[[], object]:
    """A rerun of the page at ``address``, such as "train?tab=runs"."""
    from mnist_core.engine.client import EngineClient
    from tests.apps import new_app, open_page

    EngineClient.ensure_started = lambda self: None  # not part of what is measured
    name, _, query = address.partition("?")
    app = open_page(new_app(), name)
    if query:
        key, _, value = query.partition("=")
        app.query_params[key] = value
    return app.run


def processor_milliseconds(action: Callable[[], object]) -> float:
    """The processor time of this process during ``action``."""
    started = time.process_time()
    action()
    return 1_000 * (time.process_time() - started)


if __name__ == "__main__":
    main()
