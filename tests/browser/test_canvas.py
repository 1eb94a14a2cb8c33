"""Tests that ``rasterize`` draws strokes as the browser's canvas does when a mouse draws them."""

import base64
import io
from contextlib import closing
from dataclasses import replace

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from mnist_core.digits.drawing import Drawing
from mnist_core.digits.handwriting import drawings
from mnist_core.digits.normalization import prepare
from mnist_core.engine.client import EngineClient
from mnist_core.runs import store
from tests.browser.expecting import expect
from tests.browser.visits import LOWER_CANVAS, button, is_only_canvas, settle, visit
from tests.waiting import wait_for, wait_until_ready

NUMBER_OF_DRAWINGS = 4
BRUSH = 30  # the page's normal brush, on its canvas of 420 pixels
SIDE = 420
BLACK = "data => new Uint32Array(data.buffer).every(pixel => pixel === 0xff000000)"  # opaque, without ink


def mouse_drawing(drawing: Drawing, corner: np.ndarray) -> Drawing:
    """The drawing as a mouse draws it on a canvas at ``corner`` of the page: rounded to whole page pixels."""
    scale = SIDE / drawing.canvas
    strokes = tuple(np.rint(stroke * scale + corner) - corner for stroke in drawing.strokes)
    return replace(drawing, strokes=strokes, canvas=SIDE, brush=BRUSH)


def corner_of_canvas(page: Page) -> np.ndarray:
    box = page.locator("canvas").last.bounding_box()
    return np.array([box["x"], box["y"]])


def draw(page: Page, drawing: Drawing) -> None:
    corner = corner_of_canvas(page)
    for stroke in drawing.strokes:
        for index, (x, y) in enumerate(stroke + corner):
            page.mouse.move(x, y)
            if index == 0:
                page.mouse.down()
        page.mouse.up()


def canvas_pixels(page: Page) -> np.ndarray:
    """The browser's canvas, uint8 (420, 420): ink 255 on 0."""
    return pixels(page.locator(LOWER_CANVAS).last.evaluate("canvas => canvas.toDataURL()"))[..., 0]


def network_input(page: Page) -> np.ndarray:
    """The 28 × 28 image that the page shows as the network's input, uint8 (28, 28)."""
    return pixels(page.locator(".digits img").get_attribute("src"))


def pixels(url: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))


def absolute_difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.abs(first.astype(float) - second)


def test_rasterize_draws_like_the_browsers_canvas_and_gives_the_same_predictions(page, server):
    visit(page, server, "draw")
    digits, canvas_digits, predictions = [], [], []
    for sample in drawings(NUMBER_OF_DRAWINGS, seed=20):
        settle(page)  # the layout may change, or the canvas be replaced, until then
        drawing = mouse_drawing(sample, corner_of_canvas(page))
        draw(page, drawing)
        digit = drawing.to_digit()
        expect(page.locator(".answer b")).to_be_visible()
        wait_for(lambda: absolute_difference(network_input(page), digit).mean() < 2, home=server.home)  # noqa: B023, until all strokes have arrived
        digits.append(digit)
        canvas_digits.append(prepare(canvas_pixels(page)).digit)
        predictions.append(int(page.locator(".bars .best").first.inner_text()))
        button(page, "Clear").click()
        expect(page.locator(".answer")).to_have_count(0)
        wait_for(lambda: is_only_canvas(page, BLACK), home=server.home)
    differences = [absolute_difference(*pair) for pair in zip(digits, canvas_digits, strict=True)]
    assert np.mean(differences) < 2
    assert np.max(differences) < 48
    with closing(EngineClient(server.home)) as engine:
        wait_until_ready(engine, server.home)
        assert engine.classify(store.shipped_default_run(), np.array(digits)).argmax(axis=1).tolist() == predictions
