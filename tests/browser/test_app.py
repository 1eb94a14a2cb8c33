"""A newcomer's way through the app, in a real Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from mnist_core.engine.client import Engine
from mnist_core.runs import store
from mnist_core.runs.run import CANCELLED, FINISHED
from tests.browser.serving import SEVEN, draw
from tests.waiting import wait_for

SCREENSHOTS = Path(__file__).parents[1] / "screenshots"
PAGES = {"": "Digit Lab", "draw": "Draw", "train": "Train", "errors": "Errors", "dataset": "Dataset"}
PHONE_AGENT = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Mobile Safari/537.36"
WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": PHONE_AGENT,
}
BAR = [(110, 140), (190, 140)]
SLOW = 60_000  # milliseconds; the engine starts on a busy machine
expect.set_options(timeout=30_000)


@pytest.fixture
def page(browser: Browser, server):
    context = browser.new_context(**WIDE)
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


def settle(page: Page) -> None:
    """Wait until the page's script has run, and see that it raised nothing."""
    expect(page.locator("h1").first).to_be_visible(timeout=SLOW)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=SLOW)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=SLOW)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def visit(page: Page, server, path: str) -> None:
    page.goto(f"{server.url}/{path}")
    expect(page.get_by_role("heading", name=PAGES[path], level=1)).to_be_visible(timeout=SLOW)
    settle(page)


def go_to(page: Page, title: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=SLOW)
    settle(page)


def tool(page: Page, name: str):
    return page.get_by_test_id("stBaseButton-secondary").filter(has_text=name)


# First, as it needs a server that nobody has asked for anything yet.
def test_a_link_to_a_page_works_as_the_first_address_of_a_new_server(page, server):
    visit(page, server, "draw")
    expect(page.get_by_test_id("stSidebarNav").get_by_role("link", name="Home")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/draw"))


def test_the_first_drawing_is_answered_when_the_network_has_woken_up(page, server):
    visit(page, server, "draw")
    expect(page.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    expect(page.locator(".answer")).to_have_count(0)
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_have_text("7", timeout=SLOW)
    expect(page.locator(".bars .best").first).to_have_text("7")


@pytest.fixture(scope="module", params=["wide-light", "wide-dark", "phone-light", "phone-dark"])
def look(request, browser):
    """A browser of this size and theme: (its name, its width, its context)."""
    size, theme = request.param.split("-")
    options = {"wide": WIDE, "phone": PHONE}[size]
    context = browser.new_context(**options, color_scheme=theme)
    yield request.param, options["viewport"]["width"], context
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_without_an_error(look, server, path):
    name, width, context = look
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, server, path)
    assert not [url for url in asked if not url.startswith((server.url, "data:", "blob:"))], "an outside address"
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{path or 'home'}-{name}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    page.close()


def test_a_drawing_can_be_undone_redone_cleared_and_survives_another_page(page, server):
    visit(page, server, "draw")
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_have_text("7")
    expect(tool(page, "Redo")).to_be_disabled()
    seen = page.locator(".digits img").get_attribute("src")
    draw(page, BAR)
    expect(page.locator(".digits img")).not_to_have_attribute("src", seen)
    tool(page, "Undo").click()
    expect(tool(page, "Redo")).to_be_enabled()
    expect(page.locator(".answer b")).to_have_text("7")
    tool(page, "Undo").click()
    expect(page.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    tool(page, "Redo").click()
    expect(page.locator(".answer b")).to_have_text("7")
    page.get_by_role("radio", name="Thin").click()
    expect(page.locator(".answer b")).to_have_text("7")

    go_to(page, "Errors")
    go_to(page, "Draw")
    expect(page.locator(".answer b")).to_have_text("7")
    page.locator("canvas").last.scroll_into_view_if_needed()
    page.screenshot(path=SCREENSHOTS / "draw-answered.png")

    tool(page, "Clear").click()
    expect(page.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    expect(page.locator(".answer")).to_have_count(0)


def test_a_training_goes_on_while_people_look_elsewhere(page, browser, server):
    visit(page, server, "train")
    page.get_by_label("Name", exact=True).fill("from the browser")
    page.get_by_label("Epochs", exact=True).fill("2")
    page.get_by_label("Units 1", exact=True).fill("64")
    page.get_by_label("Units 2", exact=True).fill("32")
    page.get_by_label("Units 2", exact=True).press("Tab")
    expect(page.get_by_text("52,650 parameters")).to_be_visible()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("from the browser").first).to_be_visible()

    go_to(page, "Dataset")
    go_to(page, "Train")
    run = store.find("from the browser", server.home)
    assert f"run={run.id}" in page.url
    page.reload()
    settle_on_training = page.get_by_text("from the browser").first
    expect(settle_on_training).to_be_visible()

    second = browser.new_context(**PHONE).new_page()
    second.goto(page.url)
    expect(second.get_by_text("from the browser").first).to_be_visible(timeout=SLOW)
    for each in (page, second):
        expect(each.get_by_text("finished").first).to_be_visible(timeout=4 * SLOW)
        expect(each.get_by_test_id("stMetricValue").first).to_have_text(re.compile(r"9\d\.\d\d%"), timeout=SLOW)
        expect(each.get_by_test_id("stException")).to_have_count(0)
    second.context.close()
    assert run.status.state == FINISHED
    assert run.epochs["epoch"].tolist() == [1, 2]
    expect(page.get_by_text("Batch loss")).to_have_count(0)
    page.screenshot(path=SCREENSHOTS / "train-finished.png")

    with page.expect_download() as download:
        page.get_by_role("button", name="model.h5").click()
    assert Path(download.value.path()).read_bytes() == run.hdf5_path.read_bytes()

    page.get_by_role("button", name="Use this network on Draw and Errors").click()
    expect(page.get_by_text("Draw and Errors use this network now.")).to_be_visible()
    go_to(page, "Draw")
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_be_visible()
    go_to(page, "Errors")
    expect(page.get_by_text("from the browser").first).to_be_visible()


def test_a_click_opens_a_digit_of_the_dataset(page, server):
    visit(page, server, "dataset")
    page.get_by_role("radio", name="Browse").click()
    page.get_by_title("Index 17: digit 8").click()
    expect(page.get_by_label("Index", exact=True)).to_have_value("17")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_label("Index", exact=True)).to_have_value("18")
    expect(page.get_by_title("Index 18: digit 6")).to_have_attribute("aria-pressed", "true")


def test_one_persons_new_run_changes_nothing_for_others(page, server):
    visit(page, server, "errors")
    expect(page.get_by_text("How the network “book” reads")).to_be_visible()


def test_a_training_can_be_cancelled_and_continued(page, server):
    visit(page, server, "train")
    page.get_by_label("Name", exact=True).fill("stopped")
    page.get_by_label("Epochs", exact=True).fill("60")
    page.get_by_label("Units 1", exact=True).fill("16")
    page.get_by_label("Units 1", exact=True).press("Tab")
    settle(page)
    page.get_by_role("button", name="Train", exact=True).click()
    wait_for(lambda: "stopped" in {run.config.name for run in store.list_runs(server.home)})
    run = store.find("stopped", server.home)
    wait_for(lambda: run.epochs_done >= 1)
    expect(page.get_by_text(re.compile(r"s left"))).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "train-running.png")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("what it had learned is kept")).to_be_visible(timeout=SLOW)
    assert run.status.state == CANCELLED
    done = run.epochs_done
    page.get_by_role("button", name="Continue from where it stopped").click()
    wait_for(lambda: run.epochs_done > done)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("what it had learned is kept")).to_be_visible(timeout=SLOW)


def test_the_page_says_that_the_network_sleeps_when_the_engine_dies_and_goes_on(page, server):
    visit(page, server, "draw")
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_have_text("7")
    engine = Engine(server.home).process()
    for process in (*engine.children(recursive=True), engine):
        process.kill()
    draw(page, BAR)
    expect(page.get_by_text("The network is waking up")).to_be_visible()
    expect(page.locator(".answer b")).to_have_text("7", timeout=SLOW)


def test_the_web_process_has_no_tensorflow_in_it(server):
    libraries = {Path(library.path).as_posix() for library in server.process.memory_maps()}
    assert any("numpy" in library for library in libraries)
    assert not {library for library in libraries if "/tensorflow/" in library}
