"""Compare settings near a recipe by their accuracy on digits held out from training.

Usage: python -m tests.benchmarks.choose_recipes express|distorted|world [--epochs N] [--seeds 0 1]
All recipes but the book's were chosen like this. Prints the mean held-out accuracy and the seconds of a training, for
the recipe and its neighbours. The test set is not used. With 6,000 digits held out, differences below 0.001 are noise.
For recipes that train on synthetic drawings, as many unseen drawings are added to the held-out digits.
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
UNSEEN_SEED = 1_000_000  # of synthetic drawings that no recipe trains on


class AccuracyCallback:
    """A training callback that stores the held-out accuracy of the last epoch."""

    def __init__(self, held_out: mnist.Split) -> None:
        self._held_out = held_out
        self.accuracy = 0.0

    def on_progress(self, progress: training.Progress) -> None: ...

    def on_epoch(self, result: training.EpochResult) -> None:
        answers = result.predict(self._held_out.images).argmax(axis=1)
        self.accuracy = float((answers == self._held_out.labels).mean())

    def should_continue(self) -> bool:
        return True

    def controls(self) -> Control:
        return Control()


def main() -> None:
    """Train the recipe and its neighbours, and print the results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe", choices=NEIGHBOURS)
    parser.add_argument("--epochs", type=int, help="fewer than the recipe has, to save time")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    arguments = parser.parse_args()
    recipe = RECIPES[arguments.recipe]
    changed_epochs = {"epochs": arguments.epochs} if arguments.epochs else {}
    for changes in NEIGHBOURS[arguments.recipe]:
        config = replace(recipe.training, validation=ON_HELD_OUT, **changed_epochs | changes)
        results = [train_and_evaluate(recipe.model, replace(config, seed=seed)) for seed in arguments.seeds]
        accuracies, seconds = zip(*results, strict=True)
        print(f"{np.mean(accuracies):.4f}  {np.mean(seconds):6.1f} s  {changes or 'the recipe as it is'}", flush=True)


def train_and_evaluate(model: ModelConfig, config: TrainingConfig) -> tuple[float, float]:
    """The held-out accuracy after a training, and the seconds that it takes."""
    data = mnist.load()
    held_out = training.validation_split(config, data)
    if config.handwriting:
        held_out = held_out.joined(handwriting(len(held_out), seed=UNSEEN_SEED))
    callback = AccuracyCallback(held_out)
    network_ = network.build(model, seed=config.seed)
    started = time.perf_counter()
    training.train(network_, RunConfig(name="trial", model=model, training=config), data, callback, precision=BFLOAT16)
    return callback.accuracy, time.perf_counter() - started


if __name__ == "__main__":
    main()
