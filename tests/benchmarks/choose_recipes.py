"""How the recipes but the book's were chosen: by their accuracy on digits held out from training.

Usage: python -m tests.benchmarks.choose_recipes express|distorted|world [--epochs N] [--seeds 0 1]
Prints the mean held-out accuracy of the recipe as it is and of its neighbours, with the seconds of a training. The test
set is not looked at. A difference below 0.001 is chance: 6,000 digits are held out. Where synthetic drawings are
learned from, as many new ones are among them.
"""

import argparse
import time
from dataclasses import replace

import numpy as np

from mnist_core.config import ON_HELD_OUT, ModelConfig, RunConfig, TrainingConfig
from mnist_core.digits import mnist
from mnist_core.digits.handwriting import handwriting
from mnist_core.network import model as network
from mnist_core.network import training
from mnist_core.network.precision import BFLOAT16
from mnist_core.recipes import RECIPES
from mnist_core.runs.control import Control

NEIGHBOURS = {
    "express": [
        {},
        {"label_smoothing": 0.0},
        {"label_smoothing": 0.2},
        {"batch_size": 512},
        {"epochs": 5},
        {"learning_rate": 4e-3},
        {"learning_rate": 1.2e-2},
    ],
    "distorted": [
        {},
        {"weight_decay": 0.0},
        {"weight_decay": 0.3},
        {"label_smoothing": 0.05},
        {"learning_rate": 2e-3},
        {"learning_rate": 8e-3},
        {"batch_size": 256},
    ],
    "world": [
        {},
        {"weight_decay": 0.05},
        {"weight_decay": 0.2},
        {"learning_rate": 2e-3},
        {"label_smoothing": 0.05},
    ],
}
NEW_HANDS = 1_000_000  # a seed of drawings that no recipe learns from


class Ear:
    """A callback that keeps the last epoch's answers for the held-out digits."""

    def __init__(self, held_out: mnist.Split) -> None:
        self._held_out = held_out
        self.accuracy = 0.0

    def on_progress(self, progress: training.Progress) -> None: ...

    def on_epoch(self, result: training.EpochResult) -> None:
        answers = result.answer(self._held_out.images).argmax(axis=1)
        self.accuracy = float((answers == self._held_out.labels).mean())

    def should_continue(self) -> bool:
        return True

    def controls(self) -> Control:
        return Control()


def main() -> None:
    """Train the recipe and its neighbours, and print how they did."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe", choices=NEIGHBOURS)
    parser.add_argument("--epochs", type=int, help="fewer than the recipe has, to save time")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    arguments = parser.parse_args()
    recipe = RECIPES[arguments.recipe]
    fewer = {"epochs": arguments.epochs} if arguments.epochs else {}
    for changes in NEIGHBOURS[arguments.recipe]:
        how = replace(recipe.training, validation=ON_HELD_OUT, **fewer | changes)
        results = [try_out(recipe.model, replace(how, seed=seed)) for seed in arguments.seeds]
        accuracies, seconds = zip(*results, strict=True)
        print(f"{np.mean(accuracies):.4f}  {np.mean(seconds):6.1f} s  {changes or 'the recipe as it is'}", flush=True)


def try_out(model: ModelConfig, how: TrainingConfig) -> tuple[float, float]:
    """The held-out accuracy that a training reaches, and its seconds."""
    data = mnist.load()
    held_out = training.validation_split(how, data)
    if how.handwriting:
        held_out = held_out.joined(handwriting(len(held_out), seed=NEW_HANDS))
    ear = Ear(held_out)
    network_ = network.build(model, seed=how.seed)
    started = time.perf_counter()
    training.train(network_, RunConfig(name="trial", model=model, training=how), data, ear, precision=BFLOAT16)
    return ear.accuracy, time.perf_counter() - started


if __name__ == "__main__":
    main()
