"""Drawing with the mouse and with a finger: what is no digit, and a closer look at what is."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import SEVEN, draw
from tests.browser.visits import PHONE, SCREENSHOTS, SLOW, settle, visit

STAR = [(80, 240), (140, 40), (200, 240), (50, 115), (230, 115), (80, 240)]


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(**PHONE, color_scheme="dark")
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


def look_closer(page: Page, panel: str) -> None:
    page.get_by_role("radio", name=panel, exact=True).click()
    settle(page)


def draw_with_finger(page: Page, points: list[tuple[int, int]]) -> None:
    """One stroke by touch, in pixels of a canvas 280 wide."""
    page.locator("canvas").last.scroll_into_view_if_needed()
    box = page.locator("canvas").last.bounding_box()
    scale = box["width"] / 280
    finger = page.context.new_cdp_session(page)
    for number, (x, y) in enumerate(points):
        at = {"x": box["x"] + x * scale, "y": box["y"] + y * scale}
        kind = "touchMove" if number else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_drawing_is_looked_at_closer_and_a_star_is_no_digit(page, server):
    visit(page, server, "draw")
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_have_text("7", timeout=SLOW)
    look_closer(page, "Step by step")
    expect(page.get_by_text("Centred in 28 × 28")).to_be_visible()
    look_closer(page, "Face-off")
    expect(page.locator(".cards .said b").nth(2)).to_have_text("7")
    look_closer(page, "Why")
    expect(page.get_by_text(re.compile(r"Hidden layer 2: \d+ of 512 units fire"))).to_be_visible()
    expect(page.get_by_text("Epoch 20")).to_be_visible()
    expect(page.get_by_text("A 7", exact=True).first).to_be_visible(timeout=SLOW)

    page.get_by_role("button", name="Clear").first.click()
    expect(page.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    draw(page, STAR)
    expect(page.get_by_text("This does not look like a digit to me")).to_be_visible()
    settle(page)
    page.screenshot(path=SCREENSHOTS / "draw-why.png", full_page=True)


def test_a_finger_draws_on_a_phone(phone, server):
    visit(phone, server, "draw")
    phone.locator("canvas").last.wait_for()
    draw_with_finger(phone, SEVEN)
    expect(phone.locator(".answer b")).to_have_text("7")
    look_closer(phone, "Step by step")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    phone.screenshot(path=SCREENSHOTS / "draw-steps-phone.png", full_page=True)
