"""How quickly a stroke is answered: in a real Chromium, alone and while a training runs, and in its parts.

Usage: python -m tests.benchmarks.drawing [--strokes 60]
The canvas waits DEBOUNCE ms for more before it tells the server; what is added to that is ours. Prints medians, 95 %
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
from mnist_core.digits.drawing import Drawing, rasterize
from mnist_core.digits.normalization import prepare
from mnist_core.engine.client import Engine
from mnist_core.recipes import RECIPES
from mnist_core.runs import store
from mnist_core.runs.status import RUNNING
from tests.benchmarks.first_visit import time_stroke
from tests.browser.serving import chromium, serve
from tests.browser.visits import SEVEN, stroke
from tests.waiting import wait_for

DEBOUNCE = 205  # ms, of streamlit-drawable-canvas 0.13
WARM_UP = 3  # strokes


def main() -> None:
    """Measure and print."""
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
        engine = Engine(server.home)
        engine.wait()
        tell_parts(engine, strokes)
        tell("painted answer beyond the canvas' wait", beyond_the_wait(page, strokes))
        run = engine.train(
            RunConfig(name="busy", model=RECIPES["distorted"].model, training=RECIPES["distorted"].training)
        )
        wait_for(lambda: run.status.state == RUNNING and len(run.batches["step"]))
        tell("the same while a network trains", beyond_the_wait(page, strokes))
        run.cancel()
        wait_for(lambda: not run.status.active)
        engine.close()


def tell_parts(engine: Engine, times: int) -> None:
    """The server's own parts, without a browser."""
    drawing = Drawing(strokes=(np.array(SEVEN, float),), canvas=420, brush=30)
    digit = prepare(rasterize(drawing)).digit[None]
    run = store.shipped_default_run()
    tell("strokes to digit", [milliseconds(lambda: prepare(rasterize(drawing))) for _ in range(times)])
    tell(
        "digit to answer, through the engine", [milliseconds(lambda: engine.predict(run, digit)) for _ in range(times)]
    )


def beyond_the_wait(page: Page, strokes: int) -> list[float]:
    """Milliseconds from mouse-up to the painted answer, less those that the canvas waits."""
    return [time_stroke(page, number) - DEBOUNCE for number in range(strokes + WARM_UP)][WARM_UP:]


def milliseconds(action: Callable[[], object]) -> float:
    """What one call of ``action`` takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3


def tell(name: str, values: list[float]) -> None:
    """Print what was measured."""
    median, p95 = np.percentile(values, [50, 95])
    print(f"{name:44} median {median:7.1f}  95 % {p95:7.1f}  {min(values):7.1f} to {max(values):7.1f}", flush=True)


if __name__ == "__main__":
    main()
