"""Measure the time from a stroke to its prediction: in a real Chromium, idle and during a training, and in parts.

Usage: python -m tests.benchmarks.drawing [--strokes 60]
The canvas waits DEBOUNCE_MS for further strokes before it sends them; this time is subtracted. Prints medians, 95 %
and the extremes in milliseconds.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from mnist_core.config import RunConfig
from mnist_core.digits.drawing import Drawing
from mnist_core.engine.client import EngineClient
from mnist_core.recipes import RECIPES
from mnist_core.runs import store
from mnist_core.runs.status import RUNNING
from tests.benchmarks.first_visit import time_stroke
from tests.browser.serving import chromium, serve
from tests.browser.visits import SEVEN, stroke
from tests.waiting import wait_for

DEBOUNCE_MS = 205  # of streamlit-drawable-canvas 0.13
WARM_UP_STROKES = 3  # not counted


def main() -> None:
    """Run the measurements and print them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--strokes", type=int, default=60)
    strokes = parser.parse_args().strokes
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(f"{server.url}/draw")
        page.locator("canvas").last.wait_for()
        stroke(page, SEVEN)
        expect(page.locator(".answer b")).to_have_text("7", timeout=60_000)
        engine = EngineClient(server.home)
        engine.wait()
        measure_server_steps(engine, strokes)
        print_statistics("painted answer beyond the canvas' wait", time_strokes(page, strokes))
        run = engine.train(
            RunConfig(name="busy", model=RECIPES["distorted"].model, training=RECIPES["distorted"].training)
        )
        wait_for(lambda: run.read_status().state == RUNNING and len(run.read_batches()["step"]))
        print_statistics("the same while a network trains", time_strokes(page, strokes))
        run.cancel()
        wait_for(lambda: not run.read_status().active)
        engine.close()


def measure_server_steps(engine: EngineClient, times: int) -> None:
    """Measure and print the steps on the server, without a browser."""
    drawing = Drawing(strokes=(np.array(SEVEN, float),), canvas=420, brush=30)
    digit = drawing.to_digit()[None]
    run = store.shipped_default_run()
    print_statistics("strokes to digit", [milliseconds(drawing.prepared) for _ in range(times)])
    print_statistics(
        "digit to answer, through the engine", [milliseconds(lambda: engine.predict(run, digit)) for _ in range(times)]
    )


def time_strokes(page: Page, strokes: int) -> list[float]:
    """Milliseconds from mouse-up to the painted prediction, without the debounce time of the canvas."""
    return [time_stroke(page, number) - DEBOUNCE_MS for number in range(strokes + WARM_UP_STROKES)][WARM_UP_STROKES:]


def milliseconds(action: Callable[[], object]) -> float:
    """The milliseconds that one call of ``action`` takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3


def print_statistics(name: str, values: list[float]) -> None:
    """Print median, 95th percentile and extremes of ``values`` in milliseconds."""
    median, p95 = np.percentile(values, [50, 95])
    print(f"{name:44} median {median:7.1f}  95 % {p95:7.1f}  {min(values):7.1f} to {max(values):7.1f}", flush=True)


if __name__ == "__main__":
    main()
