"""Drawing with the mouse and with a finger: what is no digit, and a closer look at what is."""

import re

from playwright.sync_api import Page

from tests.browser.expecting import expect
from tests.browser.visits import PHONE, SEVEN, button, canvas, draw, settle, visit

STAR = [(80, 240), (140, 40), (200, 240), (50, 115), (230, 115), (80, 240)]
BAR = [(110, 140), (190, 140)]
CORNERS = [(6, 6), (274, 6), (274, 274), (6, 274)]
STEPS = 8  # places that the finger is felt at, between two points


def look_closer(page: Page, panel: str) -> None:
    page.get_by_role("radio", name=panel, exact=True).click()
    settle(page)


def draw_by_finger(page: Page, points: list[tuple[int, int]]) -> None:
    """Draw one stroke with a finger, in pixels of a canvas 280 wide."""
    ready = canvas(page)
    ready.scroll_into_view_if_needed()
    box = ready.bounding_box()
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


def test_a_drawing_is_looked_at_closer_and_a_star_is_no_digit(page, server):
    visit(page, server, "draw")
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_have_text("7")
    look_closer(page, "Step by step")
    expect(page.get_by_text("Centred in 28 × 28")).to_be_visible()
    look_closer(page, "Face-off")
    expect(page.locator(".cards .said b").nth(2)).to_have_text("7")
    look_closer(page, "Why")
    expect(page.get_by_text(re.compile(r"Hidden layer 2: \d+ of 512 units fire"))).to_be_visible()
    expect(page.get_by_text("Epoch 20")).to_be_visible()
    expect(page.get_by_text("A 7", exact=True).first).to_be_visible()

    page.get_by_role("button", name="Clear").first.click()
    expect(page.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    draw(page, STAR)
    expect(page.get_by_text("This does not look like a digit to me")).to_be_visible()
    settle(page)


def test_a_finger_draws_on_a_phone(phone, server):
    visit(phone, server, "draw")
    draw_by_finger(phone, SEVEN)
    expect(phone.locator(".answer b")).to_have_text("7")
    look_closer(phone, "Step by step")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def test_a_finger_draws_without_scrolling_and_undoes_and_clears(phone, server):
    visit(phone, server, "draw")
    ready = canvas(phone)
    assert ready.bounding_box()["width"] <= PHONE["viewport"]["width"]
    ready.scroll_into_view_if_needed()
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


def test_a_stroke_may_begin_in_any_corner(phone, server):
    visit(phone, server, "draw")
    for corner in CORNERS:
        draw_by_finger(phone, [corner, (140, 140)])
        expect(phone.locator(".digits img")).to_be_visible()
        settle(phone)
        button(phone, "Clear").tap()
        expect(phone.locator(".digits img")).to_have_count(0)
        settle(phone)
