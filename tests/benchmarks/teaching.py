"""Measure how long fine-tuning takes from the request to the end, and how much accuracy it gains.

Usage: python -m tests.benchmarks.teaching [--networks book world] [--times 3]
The drawings are 100 synthetic ones of fixed seeds that no network was trained on. The engine is running; the training
worker starts with the first lesson. Prints seconds, and the correct predictions before and after, on the held-out
drawings and on the test set of MNIST.
"""

import argparse
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from mnist_core.digits.handwriting import handwriting
from mnist_core.engine.client import EngineClient
from mnist_core.runs import store
from mnist_core.runs.fine_tuning import Lesson, lesson_config
from mnist_core.runs.status import FINISHED
from tests.waiting import wait_for

DRAWINGS = 100
FIRST_SEED = 2_000_000  # of synthetic drawings that no recipe trains on


def main() -> None:
    """Run the measurements and print them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--networks", nargs="+", default=["book", "world"])
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "runs").mkdir()
        with closing(EngineClient(home)) as engine:
            engine.wait()
            for name in arguments.networks:
                seconds = [fine_tune(engine, home, name, seed=FIRST_SEED + number) for number in range(arguments.times)]
                print(
                    f"{name}: median {np.median(seconds):.1f} s, {min(seconds):.1f} to {max(seconds):.1f}", flush=True
                )


def fine_tune(engine: EngineClient, home: Path, name: str, *, seed: int) -> float:
    """Fine-tune the network called ``name`` on synthetic drawings; returns the seconds that it takes."""
    network, drawn = store.find(name, home), handwriting(DRAWINGS, seed=seed)
    lesson = Lesson.of(drawn.images, drawn.labels)
    images, labels = lesson.images[~lesson.learned], lesson.labels[~lesson.learned]
    started = time.perf_counter()
    run = engine.train(lesson_config(network), lesson)
    wait_for(lambda: run.read_status().state == FINISHED)
    seconds = time.perf_counter() - started
    before, after = (int((engine.classify(each, images).argmax(axis=1) == labels).sum()) for each in (network, run))
    old, new = (each.read_status().scores["test_accuracy"] for each in (network, run))
    print(
        f"{name}: {seconds:.1f} s, {before} to {after} of {len(labels)} drawings, MNIST {old:.4f} to {new:.4f}",
        flush=True,
    )
    return seconds


if __name__ == "__main__":
    main()
