"""The Draw page's panels, without a browser: what they show of a drawing."""

import numpy as np
from streamlit.testing.v1 import AppTest

from mnist_core.digits.drawing import Drawing, prepare, rasterize
from pages._parts.draw_steps import MARK, boxed, crossed

ELL = prepare(rasterize(Drawing(strokes=(np.array([[80.0, 40], [80, 200], [160, 200]]),))))


def steps() -> None:
    from pages._parts.draw_steps import show_steps
    from tests.test_pages_draw import ELL

    show_steps(ELL)


def test_every_step_from_the_drawing_to_784_numbers_is_told():
    height, width = ELL.cropped.shape
    app = AppTest.from_function(steps).run()
    assert not app.exception
    said = "\n".join(element.value for element in app.markdown) + "".join(each.proto.body for each in app.get("html"))
    for told in (
        "280 × 280",
        f"{width} × {height}",
        "Fitted into 20 × 20",
        "Centred in 28 × 28",
        "Divided by 255",
        "784",
    ):
        assert told in said


def test_the_box_is_drawn_around_all_of_the_ink():
    marked = (boxed(ELL.ink) == MARK).all(axis=2)
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    assert (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1) == ELL.cropped.shape
    assert not marked[100, 120]


def test_a_dot_in_a_corner_has_a_box_too():
    speck = np.zeros((280, 280), np.uint8)
    speck[0, 0] = 255
    assert (boxed(speck)[0, 0] == MARK).all()


def test_the_cross_marks_where_the_mass_is():
    picture = crossed(ELL.digit)
    row, column = ((picture == MARK).all(axis=2).all(axis=axis).argmax() for axis in (1, 0))
    mass = ELL.digit / ELL.digit.sum()
    middle = np.arange(28) + 0.5
    assert abs(row / 8 - (mass.sum(axis=1) * middle).sum()) < 0.6
    assert abs(column / 8 - (mass.sum(axis=0) * middle).sum()) < 0.6
