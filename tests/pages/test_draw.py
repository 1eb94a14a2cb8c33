"""Tests of the Draw page's panels without a browser."""

import numpy as np

from mnist_core.digits.drawing import Drawing
from pages._draw.preprocessing_steps import MARK_COLOUR, boxed, crossed, most_inked
from pages._shared.widgets.explanation import (
    NEGATIVE_COLOUR,
    POSITIVE_COLOUR,
    activation_image,
    attribution_image,
    missing_ink_image,
)
from pages._shared.widgets.typicality import typicality_text
from tests.apps import app_of

LETTER_L = Drawing(strokes=(np.array([[80.0, 40], [80, 200], [160, 200]]),)).prepared()


def steps() -> None:
    from pages._draw.preprocessing_steps import show_steps
    from tests.pages.test_draw import LETTER_L

    show_steps(LETTER_L)


def test_the_steps_panel_shows_each_preprocessing_step():
    height, width = LETTER_L.cropped.shape
    app = app_of(steps).run()
    assert not app.exception
    shown = "\n".join(element.value for element in app.markdown) + "".join(part.proto.body for part in app.get("html"))
    for expected in (
        "280 × 280",
        f"{width} × {height}",
        "Fitted into 20 × 20",
        "Centred in 28 × 28",
        "Divided by 255",
        "784",
    ):
        assert expected in shown


def test_the_bounding_box_is_drawn_around_all_of_the_ink():
    marked = (boxed(LETTER_L.ink) == MARK_COLOUR).all(axis=2)
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    assert (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1) == LETTER_L.cropped.shape
    assert not marked[100, 120]


def test_a_single_pixel_in_a_corner_has_a_bounding_box():
    speck = np.zeros((280, 280), np.uint8)
    speck[0, 0] = 255
    assert (boxed(speck)[0, 0] == MARK_COLOUR).all()


def test_the_cross_marks_the_centre_of_mass():
    picture = crossed(LETTER_L.digit)
    row, column = ((picture == MARK_COLOUR).all(axis=2).all(axis=axis).argmax() for axis in (1, 0))
    mass = LETTER_L.digit / LETTER_L.digit.sum()
    centres = np.arange(28) + 0.5
    assert abs(row / 8 - (mass.sum(axis=1) * centres).sum()) < 0.6
    assert abs(column / 8 - (mass.sum(axis=0) * centres).sum()) < 0.6


def prediction_html(typicality: float | None) -> str:
    """The HTML of the prediction, for a picture with probability 1 for a 4."""

    def page(typicality: float | None) -> None:
        import numpy as np

        from mnist_core.predictions import DigitPrediction
        from pages._shared.widgets.prediction import show_prediction
        from tests.pages.test_draw import LETTER_L

        show_prediction(LETTER_L.digit, DigitPrediction(np.eye(10)[4], "book", "book", typicality))

    app = app_of(page, typicality).run()
    assert not app.exception
    return app.get("html")[0].proto.body


def test_a_rejected_drawing_is_called_no_digit_despite_a_probability_of_1():
    shown = prediction_html(0.002)
    assert "This does not look like a digit to me" in shown
    assert "If it must be one: 4" in shown
    assert "2 of 1,000 real digits look as strange" in shown
    assert "That is a 4" not in shown


def test_without_a_typicality_the_prediction_does_not_mention_it():
    shown = prediction_html(None)
    assert "That is a 4" in shown
    assert "strange" not in shown


def test_the_typicality_text_depends_on_the_typicality():
    assert typicality_text(1 / 6001) == "Hardly any real digit looks as strange."
    assert typicality_text(0.013) == "13 of 1,000 real digits look as strange."
    assert typicality_text(0.44) == "44% of real digits look as strange, or stranger."


def test_pixels_for_the_prediction_are_blue_and_pixels_against_it_orange():
    contributions = np.zeros((28, 28), np.float32)
    contributions[3, 4], contributions[5, 6] = 2.0, -2.0
    picture = attribution_image(contributions)
    assert picture[3, 4].tolist() == POSITIVE_COLOUR.tolist()
    assert picture[5, 6].tolist() == NEGATIVE_COLOUR.tolist()
    assert not picture[10, 10].any()


def test_missing_ink_is_orange_on_a_dimmed_digit():
    contributions = np.zeros((28, 28), np.float32)
    contributions[0, 0] = 0.1
    picture = missing_ink_image(LETTER_L.digit, contributions)
    assert picture[0, 0].tolist() == NEGATIVE_COLOUR.tolist()
    assert 0 < picture.max(axis=2)[LETTER_L.digit == 255].max() < 128


def test_contributions_of_zero_are_drawn_as_black():
    assert not attribution_image(np.zeros((28, 28), np.float32)).any()
    assert not activation_image(np.zeros(512, np.float32)).any()


def test_each_unit_has_a_cell_and_the_largest_activation_is_the_brightest():
    units = np.linspace(-1, 3, 100, dtype=np.float32)
    picture = activation_image(units)
    assert picture.shape == (2, 64, 3)
    assert not picture.reshape(-1, 3)[:25].any()
    assert picture.reshape(-1, 3).sum(axis=1).argmax() == 99


def test_the_pixel_values_shown_are_those_with_the_most_ink():
    digit = np.zeros((28, 28), np.uint8)
    digit[20:24, 2:9] = 255
    assert (most_inked(digit) > 0).sum() == 28


def undo_and_redo() -> None:
    import streamlit as st

    from pages._draw.canvas import CanvasState

    state = CanvasState()
    first, second, third = ({"path": [number]} for number in range(3))
    state.update([first, second])
    state.undo()
    st.json([state.objects == [first], state.undone == [second]])
    state.redo()
    st.json([state.objects == [first, second], state.undone == []])
    state.undo()
    state.update([first, third])
    st.json([state.objects == [first, third], state.undone == []])


def test_undo_takes_the_newest_stroke_alone_redo_restores_it_and_a_new_stroke_ends_redo():
    app = app_of(undo_and_redo).run()
    assert [each.value for each in app.json] == ["[true, true]"] * 3
