"""How long a lesson takes from the click to the end, and what it brings.

Usage: python -m tests.benchmarks.teaching [--networks book world] [--times 3]
The room is 100 synthetic drawings of fixed seeds, which no network has learned. The engine is awake; the training
worker starts with the first lesson. Prints seconds, and right answers before and after, on the drawings that are not
learned and on MNIST's test set.
"""

import argparse
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from mnist_core.digits.handwriting import handwriting
from mnist_core.engine.client import Engine
from mnist_core.runs import store
from mnist_core.runs.fine_tuning import Lesson, lesson_config
from mnist_core.runs.status import FINISHED
from tests.waiting import wait_for

ROOM = 100  # drawings
NEW_HANDS = 2_000_000  # seeds from here on: drawings that no recipe learns from


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--networks", nargs="+", default=["book", "world"])
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "runs").mkdir()
        with closing(Engine(home)) as engine:
            engine.wait()
            for name in arguments.networks:
                seconds = [teach(engine, home, name, seed=NEW_HANDS + number) for number in range(arguments.times)]
                print(
                    f"{name}: median {np.median(seconds):.1f} s, {min(seconds):.1f} to {max(seconds):.1f}", flush=True
                )


def teach(engine: Engine, home: Path, name: str, *, seed: int) -> float:
    """Teach the network called ``name`` a room's drawings; the seconds that it takes."""
    network, drawn = store.find(name, home), handwriting(ROOM, seed=seed)
    lesson = Lesson.of(drawn.images, drawn.labels)
    images, labels = lesson.images[~lesson.learned], lesson.labels[~lesson.learned]
    started = time.perf_counter()
    run = engine.train(lesson_config(network), lesson)
    wait_for(lambda: run.status.state == FINISHED)
    seconds = time.perf_counter() - started
    before, after = (int((engine.classify(each, images).argmax(axis=1) == labels).sum()) for each in (network, run))
    was, now = (each.status.scores["test_accuracy"] for each in (network, run))
    print(
        f"{name}: {seconds:.1f} s, {before} to {after} of {len(labels)} drawings, MNIST {was:.4f} to {now:.4f}",
        flush=True,
    )
    return seconds


if __name__ == "__main__":
    main()
