"""The browser's canvas against our own: what is drawn with the mouse, and what ``rasterize`` makes of the strokes."""

import base64
import io
from contextlib import closing
from dataclasses import replace

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from mnist_core.digits.drawing import Drawing, rasterize
from mnist_core.digits.handwriting import drawings
from mnist_core.digits.normalization import to_digit
from mnist_core.engine.client import Engine
from mnist_core.runs import store
from tests.browser.expecting import expect
from tests.browser.visits import button, settle, visit
from tests.waiting import wait_for, wait_until_ready

DRAWINGS = 4
BRUSH = 30  # the page's normal brush, on its canvas of 420 pixels
SIDE = 420


def on_the_page(drawing: Drawing, corner: np.ndarray) -> Drawing:
    """The drawing as a mouse draws it on the canvas at ``corner`` of the page: in whole pixels of the page."""
    scale = SIDE / drawing.canvas
    strokes = tuple(np.rint(stroke * scale + corner) - corner for stroke in drawing.strokes)
    return replace(drawing, strokes=strokes, canvas=SIDE, brush=BRUSH)


def corner_of_canvas(page: Page) -> np.ndarray:
    box = page.locator("canvas").last.bounding_box()
    return np.array([box["x"], box["y"]])


def draw(page: Page, drawing: Drawing) -> None:
    corner = corner_of_canvas(page)
    for stroke in drawing.strokes:
        for number, (x, y) in enumerate(stroke + corner):
            page.mouse.move(x, y)
            if number == 0:
                page.mouse.down()
        page.mouse.up()


def painted(page: Page) -> np.ndarray:
    """The white ink on the black of the browser's canvas, uint8 (420, 420)."""
    return pixels(page.locator("canvas.dc-canvas.lower-canvas").last.evaluate("canvas => canvas.toDataURL()"))[..., 0]


def blank(page: Page) -> bool:
    """Whether the browser has made the only canvas anew: until then it is transparent, and strokes are lost on it."""
    canvas = page.locator("canvas.dc-canvas.lower-canvas")
    expect(canvas).to_have_count(1)
    return bool((pixels(canvas.evaluate("canvas => canvas.toDataURL()")) == (0, 0, 0, 255)).all())


def read(page: Page) -> np.ndarray:
    """The digit that the page shows as what the network has read, uint8 (28, 28)."""
    return pixels(page.locator(".digits img").get_attribute("src"))


def pixels(url: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))


def far(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.abs(first.astype(float) - second)


def test_strokes_are_painted_as_the_browser_paints_them_and_read_alike(page, server):
    visit(page, server, "draw")
    ours, theirs, answers = [], [], []
    for written in drawings(DRAWINGS, seed=20):
        settle(page)  # until then the page may still move, or get another canvas
        drawing = on_the_page(written, corner_of_canvas(page))
        draw(page, drawing)
        digit = to_digit(rasterize(drawing))
        expect(page.locator(".answer b")).to_be_visible()
        wait_for(lambda: far(read(page), digit).mean() < 2, home=server.home)  # noqa: B023, all strokes have arrived
        ours.append(digit)
        theirs.append(to_digit(painted(page)))
        answers.append(int(page.locator(".bars .best").first.inner_text()))
        button(page, "Clear").click()
        expect(page.locator(".answer")).to_have_count(0)
        wait_for(lambda: blank(page), home=server.home)
    differences = [far(*pair) for pair in zip(ours, theirs, strict=True)]
    assert np.mean(differences) < 2
    assert np.max(differences) < 48
    with closing(Engine(server.home)) as engine:
        wait_until_ready(engine, server.home)
        assert engine.classify(store.shipped_default_run(), np.array(ours)).argmax(axis=1).tolist() == answers
