"""Tests of drawing with the mouse and by touch on the Draw page."""

import math
import re

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.expecting import expect
from tests.browser.visits import PHONE, SEVEN, button, canvas, draw, settle, visit

STAR = [(80, 240), (140, 40), (200, 240), (50, 115), (230, 115), (80, 240)]
BAR = [(110, 140), (190, 140)]
CORNERS = [(6, 6), (274, 6), (274, 274), (6, 274)]
ZERO = [(140 + 115 * math.sin(turn), 140 - 125 * math.cos(turn)) for turn in np.linspace(0, 2 * math.pi, 25)]
SIZES = [(1920, 1080), (1440, 900), (1280, 800), (1024, 768), (820, 1180)]  # with the sidebar open
VISIBLE_BOX = """canvas => {
    const box = canvas.getBoundingClientRect();
    let [left, top, right, bottom] = [0, 0, innerWidth, innerHeight];
    for (let node = canvas.parentNode; node && node !== document; node = node.parentNode || node.host) {
        if (node.host) node = node.host;
        if (getComputedStyle(node).overflowX === "visible") continue;
        const clip = node.getBoundingClientRect();
        [left, right] = [Math.max(left, clip.left), Math.min(right, clip.right)];
        [top, bottom] = [Math.max(top, clip.top), Math.min(bottom, clip.bottom)];
    }
    const width = Math.min(box.right, right) - Math.max(box.left, left);
    const height = Math.min(box.bottom, bottom) - Math.max(box.top, top);
    return [width, height];
}"""  # the width and height of the part of a canvas that neither the window nor an ancestor cuts off
TOUCH_STEPS = 8  # touch events between two points


def open_panel(page: Page, panel: str) -> None:
    page.get_by_role("radio", name=panel, exact=True).click()
    settle(page)


def draw_by_finger(page: Page, points: list[tuple[int, int]]) -> None:
    """Draw one stroke by touch, in pixels of a canvas 280 wide."""
    drawing_canvas = canvas(page)
    drawing_canvas.scroll_into_view_if_needed()
    box = drawing_canvas.bounding_box()
    scale = box["width"] / 280
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *positions: tuple[float, float]) -> None:
        touch_points = [{"x": box["x"] + x * scale, "y": box["y"] + y * scale} for x, y in positions]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touch_points})

    x, y = points[0]
    touch("touchStart", (x, y))
    for to_x, to_y in points[1:]:
        for step in range(1, TOUCH_STEPS + 1):
            touch("touchMove", (x + (to_x - x) * step / TOUCH_STEPS, y + (to_y - y) * step / TOUCH_STEPS))
        x, y = to_x, to_y
    touch("touchEnd")
    session.detach()


def canvas_top(page: Page) -> float:
    """The y coordinate of the canvas on the screen, which changes when the page or a part of it scrolls."""
    return page.locator("canvas").last.bounding_box()["y"]


def test_a_visitor_opens_each_panel_for_a_seven_and_a_star_is_rejected(page, server):
    visit(page, server, "draw")
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_have_text("7")
    open_panel(page, "Step by step")
    expect(page.get_by_text("Centred in 28 × 28")).to_be_visible()
    open_panel(page, "Face-off")
    expect(page.locator(".cards .said b").nth(2)).to_have_text("7")
    open_panel(page, "Why")
    expect(page.get_by_text(re.compile(r"Hidden layer 2: \d+ of 512 units fire"))).to_be_visible()
    expect(page.get_by_text("Epoch 20")).to_be_visible()
    expect(page.get_by_text("A 7", exact=True).first).to_be_visible()

    page.get_by_role("button", name="Clear").first.click()
    expect(page.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    draw(page, STAR)
    expect(page.get_by_text("This does not look like a digit to me")).to_be_visible()
    settle(page)


def check_canvas_and_answer_fit(page: Page) -> None:
    """Assert that no part of the canvas is cut off, and that the answer is seen without scrolling."""
    box = canvas(page).bounding_box()
    assert canvas(page).evaluate(VISIBLE_BOX) == pytest.approx([box["width"], box["height"]], abs=1)
    answer = page.locator(".answer b").bounding_box()
    assert answer["y"] + answer["height"] <= page.viewport_size["height"]
    assert answer["x"] + answer["width"] <= page.viewport_size["width"]


def test_at_every_width_the_whole_canvas_takes_strokes_and_the_answer_is_seen(page, server):
    visit(page, server, "draw")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        draw(page, ZERO)
        expect(page.locator(".answer b")).to_have_text("0")
        settle(page)
        check_canvas_and_answer_fit(page)
        button(page, "Clear").click()
        expect(page.locator(".answer")).to_have_count(0)
        settle(page)


def test_a_phone_user_draws_by_touch_and_the_panel_fits_the_width(phone, server):
    visit(phone, server, "draw")
    draw_by_finger(phone, SEVEN)
    expect(phone.locator(".answer b")).to_have_text("7")
    settle(phone)
    check_canvas_and_answer_fit(phone)
    open_panel(phone, "Step by step")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def test_drawing_by_touch_does_not_scroll_and_can_be_undone_and_cleared(phone, server):
    visit(phone, server, "draw")
    drawing_canvas = canvas(phone)
    assert drawing_canvas.bounding_box()["width"] <= PHONE["viewport"]["width"]
    drawing_canvas.scroll_into_view_if_needed()
    before = canvas_top(phone)
    draw_by_finger(phone, SEVEN)
    assert canvas_top(phone) == before
    expect(phone.locator(".answer b")).to_have_text("7")
    image = phone.locator(".digits img").get_attribute("src")

    draw_by_finger(phone, BAR)
    expect(phone.locator(".digits img")).not_to_have_attribute("src", image)
    button(phone, "Undo").tap()
    expect(phone.locator(".digits img")).to_have_attribute("src", image)
    expect(phone.locator(".answer b")).to_have_text("7")

    button(phone, "Clear").tap()
    expect(phone.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    expect(phone.locator(".answer")).to_have_count(0)


def test_a_touch_stroke_can_start_in_each_corner_of_the_canvas(phone, server):
    visit(phone, server, "draw")
    for corner in CORNERS:
        draw_by_finger(phone, [corner, (140, 140)])
        expect(phone.locator(".digits img")).to_be_visible()
        settle(phone)
        button(phone, "Clear").tap()
        expect(phone.locator(".digits img")).to_have_count(0)
        settle(phone)
