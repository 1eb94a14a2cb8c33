"""Helpers of the browser tests: open a page, wait for its script, draw, fill in a form, train."""

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from mnist_core.runs import scan
from mnist_core.runs.run import Run
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.waiting import wait_for

PAGES = {
    "": "Digit Lab",
    "draw": "Draw",
    "train": "Train",
    "errors": "Errors",
    "dataset": "Dataset",
    "workshop": "Workshop",
}
LOWER_CANVAS = "canvas.dc-canvas.lower-canvas"  # of the drawable canvas; the upper one has the stroke in the making
SEVEN = [(70, 60), (205, 60), (180, 130), (120, 230)]  # one stroke of a 7
PHONE_AGENT = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Mobile Safari/537.36"
ACTION_TIMEOUT_MILLISECONDS = 120_000  # how long a click waits for its element
WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": PHONE_AGENT,
}


def new_context(browser: Browser, **options: object) -> BrowserContext:
    """A browser context with its own cookies, for another visitor; ``options`` are Playwright's."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(ACTION_TIMEOUT_MILLISECONDS)
    return context


def settle(page: Page) -> None:
    """Wait until the page's script has run, and check that it raised no exception."""
    expect(page.locator("h1").first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def visit(page: Page, server: Server, path: str) -> None:
    """Open the page at ``path``, which may have query parameters, and wait for its script."""
    page.goto(f"{server.url}/{path}")
    expect(page.get_by_role("heading", name=PAGES[path.partition("?")[0]], level=1)).to_be_visible()
    settle(page)


def go_to(page: Page, title: str) -> None:
    """Open another page through the navigation, and wait for its script."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    settle(page)


def button(page: Page, name: str) -> Locator:
    """The first button with exactly this label; during a rerun there may be two."""
    return page.get_by_role("button", name=name, exact=True).first


def canvas(page: Page) -> Locator:
    """The page's canvas, once it is ready: the only one, and no longer transparent (before, it loses strokes)."""
    settle(page)
    wait_for(lambda: is_only_canvas(page, "data => data[3] === 255"))
    return page.locator(LOWER_CANVAS)


def is_only_canvas(page: Page, check: str) -> bool:
    """Whether there is one canvas, and its pixels pass ``check``: a new canvas is for a moment beside the old one.

    ``check``: JavaScript from the RGBA bytes of all pixels to a boolean.
    """
    return page.locator(LOWER_CANVAS).evaluate_all(
        f"""canvases => canvases.length === 1 && ({check})(
            canvases[0].getContext('2d').getImageData(0, 0, canvases[0].width, canvases[0].height).data
        )"""
    )


def draw(page: Page, points: list[tuple[int, int]]) -> None:
    """Wait for the canvas, and draw one stroke with the mouse."""
    canvas(page)
    stroke(page, points)


def stroke(page: Page, points: list[tuple[int, int]]) -> None:
    """Draw one stroke with the mouse, in pixels of a canvas 280 wide."""
    box = page.locator("canvas").last.bounding_box()
    scale = box["width"] / 280
    (x, y), *rest = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in points]
    page.mouse.move(x, y)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(x, y, steps=8)
    page.mouse.up()


def fill(page: Page, **values: object) -> None:
    """Fill in the fields with these labels ("_" for a space), and wait for the page's reruns."""
    for label, value in values.items():
        field = page.get_by_label(label.replace("_", " "), exact=True)
        field.fill(str(value))
        field.press("Tab")
        settle(page)


def train(page: Page, server: Server, name: str, *, epochs: int) -> Run:
    """Start the training of a small network with the Train page's form, and return its run."""
    fill(page, Name=name, Epochs=epochs, Units_1=64, Units_2=16)
    button(page, "Train").dblclick()  # an impatient double click starts one training
    wait_for(lambda: name in {run.config.name for run in scan.scan(server.home).runs}, home=server.home)
    (run,) = [listed.run for listed in scan.scan(server.home).runs if listed.config.name == name]
    assert (run.read_config().training.epochs, run.read_config().model.hidden_units) == (epochs, (64, 16))
    return run
