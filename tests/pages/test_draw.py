"""The Draw page's panels, without a browser: what they show of a drawing."""

import numpy as np

from mnist_core.digits.drawing import Drawing, rasterize
from mnist_core.digits.normalization import prepare
from pages._draw.preprocessing_steps import MARK, boxed, crossed, most_inked
from pages._shared.widgets.explanation import AGAINST, FOR, heat, missing, signed
from pages._shared.widgets.typicality import typicality_text
from tests.apps import app_of

ELL = prepare(rasterize(Drawing(strokes=(np.array([[80.0, 40], [80, 200], [160, 200]]),))))


def steps() -> None:
    from pages._draw.preprocessing_steps import show_steps
    from tests.pages.test_draw import ELL

    show_steps(ELL)


def test_every_step_from_the_drawing_to_784_numbers_is_told():
    height, width = ELL.cropped.shape
    app = app_of(steps).run()
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


def answered(*, typicality: float | None, rejected: bool) -> str:
    """The answer as the page writes it, for a picture read as 4 for sure."""

    def page(typicality: float | None, rejected: bool) -> None:
        import numpy as np

        from pages._shared.widgets.prediction import show_answer
        from tests.pages.test_draw import ELL

        show_answer(ELL.digit, np.eye(10)[4], typicality=typicality, rejected=rejected)

    app = app_of(page, typicality, rejected).run()
    assert not app.exception
    return app.get("html")[0].proto.body


def test_what_is_refused_is_no_digit_however_sure_the_softmax_is():
    said = answered(typicality=0.002, rejected=True)
    assert "This does not look like a digit to me" in said
    assert "If it must be one: 4" in said
    assert "2 of 1,000 real digits look as strange" in said
    assert "That is a 4" not in said


def test_a_network_that_does_not_know_what_digits_look_like_says_nothing_of_it():
    said = answered(typicality=None, rejected=False)
    assert "That is a 4" in said
    assert "strange" not in said


def test_how_strange_a_drawing_is_is_said_in_words():
    assert typicality_text(1 / 6001) == "Hardly any real digit looks as strange."
    assert typicality_text(0.013) == "13 of 1,000 real digits look as strange."
    assert typicality_text(0.44) == "44% of real digits look as strange, or stranger."


def test_ink_that_speaks_for_the_answer_is_blue_and_against_it_orange():
    shares = np.zeros((28, 28), np.float32)
    shares[3, 4], shares[5, 6] = 2.0, -2.0
    picture = signed(shares)
    assert picture[3, 4].tolist() == FOR.tolist()
    assert picture[5, 6].tolist() == AGAINST.tolist()
    assert not picture[10, 10].any()


def test_missing_ink_is_orange_on_the_faint_digit():
    shares = np.zeros((28, 28), np.float32)
    shares[0, 0] = 0.1
    picture = missing(ELL.digit, shares)
    assert picture[0, 0].tolist() == AGAINST.tolist()
    assert 0 < picture.max(axis=2)[ELL.digit == 255].max() < 128


def test_a_digit_that_nothing_speaks_about_is_drawn_without_an_error():
    assert not signed(np.zeros((28, 28), np.float32)).any()
    assert not heat(np.zeros(512, np.float32)).any()


def test_each_unit_has_a_cell_and_the_strongest_is_the_brightest():
    units = np.linspace(-1, 3, 100, dtype=np.float32)
    picture = heat(units)
    assert picture.shape == (2, 64, 3)
    assert not picture.reshape(-1, 3)[:25].any()
    assert picture.reshape(-1, 3).sum(axis=1).argmax() == 99


def test_the_numbers_shown_are_those_where_the_ink_is():
    digit = np.zeros((28, 28), np.uint8)
    digit[20:24, 2:9] = 255
    assert (most_inked(digit) > 0).sum() == 28
