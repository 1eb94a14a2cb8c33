"""Tests of every page in a real Chromium: layout, theme, drawing, the dataset and its map, a restarted engine."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from mnist_core.digits import mnist
from mnist_core.engine.client import EngineClient
from tests.browser.expecting import expect
from tests.browser.serving import Server, serve
from tests.browser.visits import PAGES, PHONE, SEVEN, draw, go_to, settle, visit
from tests.waiting import wait_for

BAR = [(110, 140), (190, 140)]


def tool(page: Page, name: str):
    return page.get_by_test_id("stBaseButton-secondary").filter(has_text=name)


def background(page: Page) -> str:
    return page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")


@pytest.mark.parametrize("path", PAGES)
def test_a_desktop_page_fits_its_width_follows_the_theme_and_loads_no_tensorflow(page, server, path):
    requested = []
    page.on("request", lambda request: requested.append(request.url))
    page.emulate_media(color_scheme="light")
    visit(page, server, path)
    if path == "draw":
        page.locator("canvas").last.wait_for()
    assert not [url for url in requested if not url.startswith((server.url, "data:", "blob:"))], "an outside address"
    libraries = {Path(library.path).as_posix() for library in server.process.memory_maps()}
    assert any("numpy" in library for library in libraries)
    assert not {library for library in libraries if "/tensorflow/" in library}, "the web process has TensorFlow in it"
    for width in (820, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        wait_for(lambda width=width: width_of_content(page) <= width, home=server.home)
    check_theme_change(page, "dark")


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_page_fits_its_width_and_follows_the_theme(phone, server, path):
    visit(phone, server, path)
    if path == "draw":
        phone.locator("canvas").last.wait_for()
    wait_for(lambda: width_of_content(phone) <= PHONE["viewport"]["width"], home=server.home)
    check_theme_change(phone, "light")


def width_of_content(page: Page) -> int:
    """In pixels; the page scrolls sideways when this is larger than its width."""
    return page.evaluate("document.documentElement.scrollWidth")


def check_theme_change(page: Page, theme: str) -> None:
    before = background(page)
    page.emulate_media(color_scheme=theme)
    wait_for(lambda: background(page) != before)
    settle(page)


def test_a_visitor_undoes_redoes_and_clears_a_drawing_which_survives_navigation(page, server):
    visit(page, server, "draw")
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_have_text("7")
    expect(tool(page, "Redo")).to_be_disabled()
    image = page.locator(".digits img").get_attribute("src")
    draw(page, BAR)
    expect(page.locator(".digits img")).not_to_have_attribute("src", image)
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

    tool(page, "Clear").click()
    expect(page.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    expect(page.locator(".answer")).to_have_count(0)


def test_a_click_on_a_dataset_digit_opens_it_and_updates_the_url(page, server):
    visit(page, server, "dataset")
    page.get_by_role("radio", name="Browse").click()
    page.get_by_title("Training digit 17: labelled 8").click()
    expect(page.get_by_label("Index", exact=True).first).to_have_value("17")
    page.get_by_role("button", name="Next Shortcut").click()
    expect(page.get_by_label("Index", exact=True).first).to_have_value("18")
    expect(page.get_by_title("Training digit 18: labelled 6")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("digit=train-18"))


def test_on_the_map_hovering_shows_a_digit_a_click_opens_it_and_a_selection_fills_the_grid(page, server):
    visit(page, server, "dataset?view=map&layout=pca")
    scatter_plot = page.get_by_role("img", name="Map of digits")
    page.wait_for_function("() => document.querySelector('.st-key-digit_sheet img')?.naturalWidth === 1400")
    box = scatter_plot.bounding_box()
    center = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*center)
    tooltip = page.locator(".tip span")
    expect(tooltip).to_have_text(re.compile(r"Test digit \d+: labelled \d"))
    index, label = re.findall(r"\d+", tooltip.text_content())
    page.mouse.click(*center)
    expect(page).to_have_url(re.compile(f"digit=test-{index}(&|$)"))
    assert mnist.load().test.labels[int(index)] == int(label)

    page.mouse.move(center[0] - 60, center[1] - 60)
    page.mouse.down()
    page.mouse.move(center[0] + 60, center[1] + 60, steps=4)
    page.mouse.up()
    expect(page.get_by_text("digits in the area")).to_be_visible()
    opened = page.get_by_title(f"Test digit {int(index):,}: labelled {label}")
    expect(opened).to_have_attribute("aria-pressed", "true")
    other = page.locator(".digits button[aria-pressed=false]").first.get_attribute("title")
    page.get_by_title(other).click()
    expect(page.get_by_title(other)).to_have_attribute("aria-pressed", "true")

    for _ in range(5):
        page.mouse.move(*center)
        page.mouse.wheel(0, -400)
    expect(page.locator(".map")).to_have_attribute("data-drawn", "pictures")


def test_a_page_keeps_the_last_prediction_and_recovers_when_the_engine_is_killed(page, tmp_path):
    with serve(tmp_path) as server:
        check_engine_restart(page, server)


def check_engine_restart(page: Page, server: Server) -> None:
    visit(page, server, "draw")
    expect(page.get_by_test_id("stSidebarNav").get_by_role("link", name="Home")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/draw"))
    expect(page.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    expect(page.locator(".answer")).to_have_count(0)
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_have_text("7")
    engine = EngineClient(server.home).process()
    for process in (*engine.children(recursive=True), engine):
        process.kill()
    draw(page, BAR)
    expect(page.get_by_text("The network is waking up")).to_be_visible()
    expect(page.locator(".answer b")).to_have_text("7")
    expect(page.locator(".bars .best").first).to_have_text("7")
