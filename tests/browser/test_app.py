"""A newcomer's way through the app, in a real Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mnist_core.digits import mnist
from mnist_core.engine.client import Engine
from tests.browser.serving import SEVEN, draw
from tests.browser.visits import PAGES, PHONE, SCREENSHOTS, SLOW, WIDE, go_to, visit

BAR = [(110, 140), (190, 140)]


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
    if path == "draw":
        page.locator("canvas").last.wait_for()
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


def test_a_click_opens_a_digit_of_the_dataset(page, server):
    visit(page, server, "dataset")
    page.get_by_role("radio", name="Browse").click()
    page.get_by_title("Training digit 17: labelled 8").click()
    expect(page.get_by_label("Index", exact=True).first).to_have_value("17")
    page.get_by_role("button", name="Next Shortcut").click()
    expect(page.get_by_label("Index", exact=True).first).to_have_value("18")
    expect(page.get_by_title("Training digit 18: labelled 6")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("digit=train-18"))


def test_hovering_over_the_map_shows_a_digit_a_click_opens_it_and_an_area_fills_a_grid(page, server):
    visit(page, server, "dataset?view=map&layout=pca")
    ground = page.get_by_role("img", name="Map of digits")
    page.wait_for_function("() => document.querySelector('.st-key-digit_sheet img')?.naturalWidth === 1400")
    box = ground.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    tip = page.locator(".tip span")
    expect(tip).to_have_text(re.compile(r"Test digit \d+: labelled \d"))
    index, label = re.findall(r"\d+", tip.text_content())
    page.mouse.click(*middle)
    expect(page).to_have_url(re.compile(f"digit=test-{index}(&|$)"))
    assert mnist.load().test.labels[int(index)] == int(label)

    page.mouse.move(middle[0] - 60, middle[1] - 60)
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] + 60, steps=4)
    page.mouse.up()
    expect(page.get_by_text("digits in the area")).to_be_visible()
    chosen = page.get_by_title(f"Test digit {int(index):,}: labelled {label}")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    other = page.locator(".digits button[aria-pressed=false]").first.get_attribute("title")
    page.get_by_title(other).click()
    expect(page.get_by_title(other)).to_have_attribute("aria-pressed", "true")

    for _ in range(5):
        page.mouse.move(*middle)
        page.mouse.wheel(0, -400)
    expect(page.locator(".map")).to_have_attribute("data-drawn", "pictures")


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
