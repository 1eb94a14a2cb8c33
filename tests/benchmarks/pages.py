"""Measure how quickly Errors and Dataset respond to a click, in a real Chromium, and the memory of ten sessions.

Usage: python -m tests.benchmarks.pages [--times 20] [--sessions 10] [--only Errors]
A response is complete when the page has changed and the script run has ended. Prints median and 95 % in milliseconds,
the number of clicks, and the memory of the web process in megabytes.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page

from tests.browser.serving import Server, chromium, serve
from tests.browser.visits import WIDE, settle, visit

WARM_UP_CLICKS = 3  # per measurement, not counted: they include what is computed once per process
MAP_VISITS = 5
ERRORS = ("mistakes", "numbers", "compare", "court", "robustness")
VIEWS = ("first-look", "browse", "find", "map", "glance", "histograms", "preparation")

# Runs in the page: resolves with the milliseconds from the release of the pointer to the first frame that differs from
# the one before and is final, as no script is running any more.
RELEASE_TO_PAINTED = """
() => new Promise(resolve => {
  const main = document.querySelector('[data-testid=stMain]');
  const app = document.querySelector('[data-testid=stApp]');
  const moved = () => [...main.querySelectorAll('[data-testid=stSlider]')].map(slider => slider.innerText);
  const text = () => moved().reduce((left, slider) => left.replace(slider, ''), main.innerText);
  const shown = () => text() + [...main.querySelectorAll('img')].map(image => image.src).join();
  const before = shown();
  window.addEventListener('pointerup', () => {
    const up = performance.now();
    const look = () => shown() !== before && app.dataset.testScriptState === 'notRunning'
      ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - up)))
      : requestAnimationFrame(look);
    look();
  }, {once: true, capture: true});
})
"""
Act = Callable[[Page, int], None]


def main() -> None:
    """Run all measurements and print them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--only", default="", help="measure only what has this in its name, and no memory")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, chromium() as browser:
        for name, measure in MEASURES.items():
            if arguments.only in name:
                print_statistics(name, measure(browser, server, arguments.times))
        if arguments.only:
            return
        before = server.process.memory_info().rss / 1e6
        after = memory_of_browsing(browser, server, arguments.sessions)
        print(f"web process: {before:.0f} MB before, {after:.0f} MB with {arguments.sessions} sessions browsing")


def first_paint_of_the_map(browser: Browser, server: Server, _: int) -> Iterator[float]:
    """Yields the milliseconds from opening the URL to the painted map, each time in a new browser context."""
    for _ in range(MAP_VISITS):
        page = browser.new_context(**WIDE).new_page()
        began = time.perf_counter()
        page.goto(f"{server.url}/dataset?view=map")
        page.locator(".map[data-drawn=points]").wait_for()
        yield (time.perf_counter() - began) * 1e3
        page.context.close()


def timing(path: str, act: Act) -> Callable[..., Iterator[float]]:
    """A function that yields the milliseconds until the result of ``act`` is painted on the page at ``path``."""

    def measure(browser: Browser, server: Server, times: int) -> Iterator[float]:
        page = browser.new_context(**WIDE).new_page()
        visit(page, server, path)
        for number in range(times + WARM_UP_CLICKS):
            page.wait_for_timeout(400)  # a person waits before the next click
            page.evaluate(f"() => {{ window.painted = ({RELEASE_TO_PAINTED})(); }}")
            act(page, number)
            milliseconds = page.evaluate("() => window.painted")
            if number >= WARM_UP_CLICKS:
                yield milliseconds
        page.context.close()

    return measure


def click(*names: str, role: str = "button") -> Act:
    """Click the elements with these names in turn, one per call."""
    return lambda page, number: page.get_by_role(role, name=re.compile(f"^{names[number % len(names)]}")).first.click()


def choose_digit(page: Page, number: int) -> None:
    """Click a digit of the first grid, another one at each call."""
    page.locator(".digits button").nth(1 + number % 15).click()


def click_cell(page: Page, number: int) -> None:
    """Click one of two cells of the confusion matrix in turn."""
    page.get_by_role("button", name=re.compile(("^4 read as 9: ", "^3 read as 5: ")[number % 2])).click()


def move_epoch(page: Page, number: int) -> None:
    """Move the epoch slider by one step, right and left in turn."""
    page.get_by_role("slider").first.focus()
    page.evaluate("() => window.dispatchEvent(new PointerEvent('pointerup'))")  # starts the time measurement
    page.keyboard.press(("ArrowRight", "ArrowLeft")[number % 2])


def toggle_temperature(page: Page, _: int) -> None:
    """Click the toggle of temperature scaling."""
    page.get_by_text("Temperature scaling").click()


def open_on_map(page: Page, number: int) -> None:
    """Click one of the points in the middle of the map."""
    box = page.locator("canvas.points").bounding_box()
    page.mouse.click(box["x"] + box["width"] * (0.45 + 0.01 * (number % 10)), box["y"] + box["height"] * 0.5)


def select_on_map(page: Page, number: int) -> None:
    """Drag a rectangle over the map, another one at each call."""
    box = page.locator("canvas.points").bounding_box()
    x, y = box["x"] + box["width"] * (0.3 + 0.02 * (number % 10)), box["y"] + box["height"] * 0.4
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y + 100, steps=4)
    page.mouse.up()


def memory_of_browsing(browser: Browser, server: Server, sessions: int) -> float:
    """Megabytes of the web process while ``sessions`` sessions are open that have visited all views."""
    pages = []
    for _ in range(sessions):
        page = browser.new_context(**WIDE).new_page()
        for path in (
            *(f"errors?view={view}" for view in ERRORS),
            *(f"dataset?view={view}&digit=test-{len(pages)}" for view in VIEWS),
        ):
            visit(page, server, path)
        settle(page)
        pages.append(page)
    return server.process.memory_info().rss / 1e6


def print_statistics(name: str, values: Iterator[float]) -> None:
    """Print median, 95th percentile and number of ``values`` in milliseconds."""
    measured = list(values)
    median, p95 = np.percentile(measured, [50, 95])
    print(f"{name:44} median {median:7.0f}  95 % {p95:7.0f}  n {len(measured):3}", flush=True)


MEASURES = {
    "Dataset, first paint of the map": first_paint_of_the_map,
    "Dataset, Browse: the next digit": timing("dataset?view=browse", click("Next Shortcut")),
    "Dataset, Browse: another digit": timing("dataset?view=browse", choose_digit),
    "Dataset, Browse: another class": timing("dataset?view=browse", click("3", "8", role="radio")),
    "Dataset, Find alike: on from digit to digit": timing("dataset?view=find", choose_digit),
    "Dataset, Histograms: another class": timing("dataset?view=histograms", click("3", "8", role="radio")),
    "Dataset, Map: open a digit": timing("dataset?view=map&layout=pca", open_on_map),
    "Dataset, Map: select an area": timing("dataset?view=map&layout=pca", select_on_map),
    "Dataset, Map: another layout": timing("dataset?view=map", click("PCA", "t-SNE", role="radio")),
    "Dataset: another view": timing("dataset", click("At a glance", "Find alike", "Preparation", role="radio")),
    "Errors: a cell of the matrix": timing("errors", click_cell),
    "Errors: right or wrong": timing("errors", click("Right", "Wrong", role="radio")),
    "Errors: the next page": timing("errors", click("Next page", "Previous page")),
    "Errors, time machine: another epoch": timing("errors?model=book&epoch=1", move_epoch),
    "Errors: the next digit in detail": timing("errors?model=book&digit=247", click("Next Shortcut")),
    "Errors: another view": timing("errors", click("By the numbers", "Compare two", "Label court", role="radio")),
    "Errors, the numbers: temperature": timing("errors?model=book&view=numbers", toggle_temperature),
    "Errors, Compare: other digits": timing("errors?view=compare", click("Only B right", "Both wrong", role="radio")),
}


if __name__ == "__main__":
    main()
