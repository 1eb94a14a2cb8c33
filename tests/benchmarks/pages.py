"""How quickly Errors and Dataset answer a click, in a real Chromium, and what ten sessions cost the web process.

Usage: python -m tests.benchmarks.pages [--times 20] [--sessions 10] [--only Errors]
A click counts as answered when the page shows something else and the script's run has ended. Prints median, 95 % and
number in milliseconds, and the web process' memory in megabytes.
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

WARM_UP = 3  # of each kind: what is computed once per process is another matter
MAP_VISITS = 5
ERRORS = ("mistakes", "numbers", "compare", "court", "robustness")
VIEWS = ("first-look", "browse", "find", "map", "glance", "histograms", "preparation")

# Runs in the page: resolves with the milliseconds from the pointer's release to the first frame that shows something
# else than before and that no script run will change any more.
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
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--only", default="", help="measure only what has this in its name, and no memory")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, chromium() as browser:
        for name, measure in MEASURES.items():
            if arguments.only in name:
                tell(name, measure(browser, server, arguments.times))
        if arguments.only:
            return
        before = server.process.memory_info().rss / 1e6
        after = memory_of_browsing(browser, server, arguments.sessions)
        print(f"web process: {before:.0f} MB before, {after:.0f} MB with {arguments.sessions} sessions browsing")


def first_paint_of_the_map(browser: Browser, server: Server, _: int) -> Iterator[float]:
    """From the address to the painted map, each time in a browser that has seen nothing of the app."""
    for _ in range(MAP_VISITS):
        page = browser.new_context(**WIDE).new_page()
        began = time.perf_counter()
        page.goto(f"{server.url}/dataset?view=map")
        page.locator(".map[data-drawn=points]").wait_for()
        yield (time.perf_counter() - began) * 1e3
        page.context.close()


def answers(path: str, act: Act) -> Callable[..., Iterator[float]]:
    """A measure: at ``path``, how long what ``act`` asks for takes to be seen; it hears how often it was called."""

    def measure(browser: Browser, server: Server, times: int) -> Iterator[float]:
        page = browser.new_context(**WIDE).new_page()
        visit(page, server, path)
        for number in range(times + WARM_UP):
            page.wait_for_timeout(400)  # a person looks before the next click
            page.evaluate(f"() => {{ window.painted = ({RELEASE_TO_PAINTED})(); }}")
            act(page, number)
            milliseconds = page.evaluate("() => window.painted")
            if number >= WARM_UP:
                yield milliseconds
        page.context.close()

    return measure


def press(*names: str, role: str = "button") -> Act:
    """Click what has these names, one after the other."""
    return lambda page, number: page.get_by_role(role, name=re.compile(f"^{names[number % len(names)]}")).first.click()


def choose_digit(page: Page, number: int) -> None:
    """Click a digit of the first grid, and next time another."""
    page.locator(".digits button").nth(1 + number % 15).click()


def press_cell(page: Page, number: int) -> None:
    """Click a cell of the confusion matrix, and next time another."""
    page.get_by_role("button", name=re.compile(("^4 read as 9: ", "^3 read as 5: ")[number % 2])).click()


def another_epoch(page: Page, number: int) -> None:
    """Move the time machine by one epoch, forth and back."""
    page.get_by_role("slider").first.focus()
    page.evaluate("() => window.dispatchEvent(new PointerEvent('pointerup'))")  # keys are released at once
    page.keyboard.press(("ArrowRight", "ArrowLeft")[number % 2])


def temperature(page: Page, _: int) -> None:
    """Turn the switch."""
    page.get_by_text("Temperature scaling").click()


def open_on_map(page: Page, number: int) -> None:
    """Click somewhere in the crowd in the middle of the map."""
    box = page.locator("canvas.points").bounding_box()
    page.mouse.click(box["x"] + box["width"] * (0.45 + 0.01 * (number % 10)), box["y"] + box["height"] * 0.5)


def select_on_map(page: Page, number: int) -> None:
    """Drag over a part of the map, and next time over another."""
    box = page.locator("canvas.points").bounding_box()
    x, y = box["x"] + box["width"] * (0.3 + 0.02 * (number % 10)), box["y"] + box["height"] * 0.4
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y + 100, steps=4)
    page.mouse.up()


def memory_of_browsing(browser: Browser, server: Server, sessions: int) -> float:
    """Megabytes of the web process once ``sessions`` people have been everywhere on both pages, still there."""
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


def tell(name: str, values: Iterator[float]) -> None:
    """Print what was measured."""
    measured = list(values)
    median, p95 = np.percentile(measured, [50, 95])
    print(f"{name:44} median {median:7.0f}  95 % {p95:7.0f}  n {len(measured):3}", flush=True)


MEASURES = {
    "Dataset, first paint of the map": first_paint_of_the_map,
    "Dataset, Browse: the next digit": answers("dataset?view=browse", press("Next Shortcut")),
    "Dataset, Browse: another digit": answers("dataset?view=browse", choose_digit),
    "Dataset, Browse: another class": answers("dataset?view=browse", press("3", "8", role="radio")),
    "Dataset, Find alike: on from digit to digit": answers("dataset?view=find", choose_digit),
    "Dataset, Histograms: another class": answers("dataset?view=histograms", press("3", "8", role="radio")),
    "Dataset, Map: open a digit": answers("dataset?view=map&layout=pca", open_on_map),
    "Dataset, Map: select an area": answers("dataset?view=map&layout=pca", select_on_map),
    "Dataset, Map: another layout": answers("dataset?view=map", press("PCA", "t-SNE", role="radio")),
    "Dataset: another view": answers("dataset", press("At a glance", "Find alike", "Preparation", role="radio")),
    "Errors: a cell of the matrix": answers("errors", press_cell),
    "Errors: right or wrong": answers("errors", press("Right", "Wrong", role="radio")),
    "Errors: the next page": answers("errors", press("Next page", "Previous page")),
    "Errors, time machine: another epoch": answers("errors?model=book&epoch=1", another_epoch),
    "Errors: the next digit in detail": answers("errors?model=book&digit=247", press("Next Shortcut")),
    "Errors: another view": answers("errors", press("By the numbers", "Compare two", "Label court", role="radio")),
    "Errors, the numbers: temperature": answers("errors?model=book&view=numbers", temperature),
    "Errors, Compare: other digits": answers("errors?view=compare", press("Only B right", "Both wrong", role="radio")),
}


if __name__ == "__main__":
    main()
