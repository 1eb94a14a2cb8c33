"""Measure a first visit: time to the first page, to the first and to later predictions, and memory.

Usage: python -m tests.benchmarks.first_visit [--starts 3] [--strokes 30]
Each start has a server, an engine and a Chromium of its own. Prints medians with the smallest and largest value.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.serving import Server, chromium, serve
from tests.browser.visits import SEVEN, stroke

# Runs in the page: resolves when the prediction is painted, with the milliseconds since the mouse button was released.
MOUSE_UP_TO_PAINTED = """
() => new Promise(resolve => {
  const seen = document.querySelector('.digits img')?.src;
  let up = 0;
  window.addEventListener('pointerup', () => { up = performance.now(); }, {once: true, capture: true});
  const observer = new MutationObserver(() => {
    const image = document.querySelector('.digits img');
    if (up && image && image.src !== seen) {
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - up)));
    }
  });
  observer.observe(document.body, {childList: true, subtree: true, attributes: true});
})
"""


def main() -> None:
    """Run the measurements and print them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--strokes", type=int, default=30)
    arguments = parser.parse_args()
    measurements: dict[str, list[float]] = {}
    for _ in range(arguments.starts):
        with tempfile.TemporaryDirectory() as home:
            for name, values in measure(Path(home), arguments.strokes).items():
                measurements.setdefault(name, []).extend(values)
    for name, values in measurements.items():
        median, p95 = np.percentile(values, [50, 95])
        print(f"{name:44} median {median:8.2f}  95 % {p95:8.2f}  {min(values):8.2f} to {max(values):8.2f}")


def measure(home: Path, strokes: int) -> dict[str, list[float]]:
    """Measure one start and one visit with ``strokes`` drawings; the unit is in each name."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        began = time.perf_counter()
        with serve(home) as server:
            page.goto(server.url)
            draw_button = page.get_by_role("button", name="Draw a digit")
            expect(draw_button).to_be_enabled()
            interactive = time.perf_counter()
            draw_button.click()
            page.locator("canvas").last.wait_for()
            stroke(page, SEVEN)
            expect(page.locator(".answer b")).to_have_text("7", timeout=60_000)
            answered = time.perf_counter()
            later = [time_stroke(page, number) for number in range(strokes)]
            return {
                "server start to first page usable, s": [interactive - began],
                "first visit to first answer, s": [answered - interactive],
                "mouse-up to painted answer, ms": later,
                "memory of all processes (PSS), MB": [memory(server, "pss")],
                "memory of all processes (sum of RSS), MB": [memory(server, "rss")],
            }


def time_stroke(page: Page, number: int) -> float:
    """Draw once more; the milliseconds from mouse-up to the painted prediction."""
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    page.wait_for_timeout(300)  # a person does not draw as soon as the canvas is ready
    page.evaluate(f"() => {{ window.painted = ({MOUSE_UP_TO_PAINTED})(); }}")
    stroke(page, [(x + number % 20, y) for x, y in SEVEN])
    return page.evaluate("() => window.painted")


def memory(server: Server, kind: str) -> float:
    """Megabytes of the web process, the engine and its workers."""
    return sum(getattr(process.memory_full_info(), kind) for process in server.process_tree()) / 1e6


if __name__ == "__main__":
    main()
