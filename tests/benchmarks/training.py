"""Measure time and accuracy of each recipe, trained by the engine, against plain Keras.

Usage: python -m tests.benchmarks.training --recipes book express distorted [--seeds 0 1 2] [--script-epochs 20]
Without --recipes, world is trained as well, which takes 15 to 25 minutes a seed.
The plain script and the recipes alternate, so that other load on the machine affects them alike. If the script runs
fewer than 20 epochs, its time is scaled up. Times are of training alone, with the building of its graph.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mnist_core.config import RunConfig
from mnist_core.engine.client import EngineClient
from mnist_core.recipes import RECIPES
from mnist_core.runs import store
from mnist_core.runs.status import FINISHED
from tests.waiting import wait_for

SCRIPT = "plain script"
SCRIPT_EPOCHS = 20


@dataclass(frozen=True)
class Result:
    """One training: total seconds, seconds per epoch, test accuracy, and the share of time spent writing files."""

    seconds: float
    per_epoch: float
    accuracy: float
    writing: float = 0.0


def main() -> None:
    """Run the measurements and print them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--recipes", nargs="+", choices=RECIPES, default=list(RECIPES))
    parser.add_argument("--script-epochs", type=int, default=SCRIPT_EPOCHS)
    arguments = parser.parse_args()
    results: dict[str, list[Result]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DIGIT_LAB_HOME"] = folder
        engine = EngineClient(store.prepare_home())
        engine.wait()
        for seed in arguments.seeds:
            results[SCRIPT].append(run_script(seed, arguments.script_epochs))
            for name in arguments.recipes:
                results[name].append(run_recipe(engine, name, seed))
        engine.close()
    print_table(results)


def run_script(seed: int, epochs: int) -> Result:
    """Run the plain script in its own process."""
    command = [sys.executable, "-m", "tests.benchmarks.plain_script", "--seed", str(seed), "--epochs", str(epochs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout.splitlines()[-1])
    per_epoch = report["seconds"] / epochs
    return Result(per_epoch * SCRIPT_EPOCHS, per_epoch, report["test_accuracy"])


def run_recipe(engine: EngineClient, name: str, seed: int) -> Result:
    """Train a recipe as the app does."""
    recipe = RECIPES[name]
    training = replace(recipe.training, seed=seed)
    run = engine.train(RunConfig(name=name, recipe=name, model=recipe.model, training=training))
    wait_for(lambda: not run.read_status().active)
    status = run.read_status()
    assert status.state == FINISHED, status.error
    return Result(
        status.seconds,
        status.seconds / training.epochs,
        status.scores["test_accuracy"],
        status.recording_seconds / status.seconds,
    )


def print_table(results: dict[str, list[Result]]) -> None:
    """Print a row for each, with the ratios to the times of the script with the same seed."""
    print(f"{os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}")
    script = results[SCRIPT]
    for name, own in results.items():
        times = [baseline.seconds / result.seconds for baseline, result in zip(script, own, strict=True)]
        per_epoch = [baseline.per_epoch / result.per_epoch for baseline, result in zip(script, own, strict=True)]
        print(
            f"{name:12}  {_spread([result.seconds for result in own], '.1f')} s"
            f"  accuracy {_spread([result.accuracy for result in own], '.4f')}"
            f"  1/{_spread(times, '.1f')} of the script's time"
            f"  an epoch {_spread(per_epoch, '.2f')} times as fast"
            f"  writing {_spread([100 * result.writing for result in own], '.1f')} %"
        )


def _spread(values: list[float], form: str) -> str:
    return f"{np.mean(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
