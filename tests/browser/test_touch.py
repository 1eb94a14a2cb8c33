"""The Draw page under a finger, at the size of a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import SEVEN
from tests.browser.visits import PHONE, SLOW, button, visit

BAR = [(110, 140), (190, 140)]
STEPS = 8  # places that the finger is felt at, between two points


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(**PHONE)
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


def draw_by_finger(page: Page, points: list[tuple[int, int]]) -> None:
    """Draw one stroke with a finger, in pixels of a canvas 280 wide."""
    canvas = page.locator("canvas").last
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    scale = box["width"] / 280
    touched = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        felt = [{"x": box["x"] + x * scale, "y": box["y"] + y * scale} for x, y in places]
        touched.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": felt})

    x, y = points[0]
    touch("touchStart", (x, y))
    for to_x, to_y in points[1:]:
        for step in range(1, STEPS + 1):
            touch("touchMove", (x + (to_x - x) * step / STEPS, y + (to_y - y) * step / STEPS))
        x, y = to_x, to_y
    touch("touchEnd")
    touched.detach()


def place(page: Page) -> float:
    """Where the canvas is on the screen: it moves when the page scrolls, whichever part of it does."""
    return page.locator("canvas").last.bounding_box()["y"]


def test_a_finger_draws_without_scrolling_and_undoes_and_clears(phone, server):
    visit(phone, server, "draw")
    canvas = phone.locator("canvas").last
    canvas.wait_for()
    assert canvas.bounding_box()["width"] <= PHONE["viewport"]["width"]
    canvas.scroll_into_view_if_needed()
    before = place(phone)
    draw_by_finger(phone, SEVEN)
    assert place(phone) == before
    expect(phone.locator(".answer b")).to_have_text("7")
    seen = phone.locator(".digits img").get_attribute("src")

    draw_by_finger(phone, BAR)
    expect(phone.locator(".digits img")).not_to_have_attribute("src", seen)
    button(phone, "Undo").tap()
    expect(phone.locator(".digits img")).to_have_attribute("src", seen)
    expect(phone.locator(".answer b")).to_have_text("7")

    button(phone, "Clear").tap()
    expect(phone.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    expect(phone.locator(".answer")).to_have_count(0)
