"""Tests of rasterizing drawings and of normalizing them as MNIST was normalized."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from mnist_core.digits.drawing import Drawing, DrawingError, rasterize, strokes_of_canvas
from mnist_core.digits.normalization import center_by_mass, crop, fit_to_box, prepare

SEVEN = (np.array([[90, 80], [180, 82], [160, 120], [130, 200]], float),)
CROSSED_SEVEN = (*SEVEN, np.array([[110, 140], [170, 138]], float))


def digit_of(strokes, *, canvas=280, brush=20.0) -> np.ndarray:
    return Drawing(tuple(strokes), canvas=canvas, brush=brush).to_digit()


@given(dx=st.integers(-70, 80), dy=st.integers(-60, 60))
@settings(deadline=None, max_examples=50)
def test_where_a_digit_is_drawn_does_not_matter(dx, dy):
    moved = [stroke + np.array([dx, dy]) for stroke in CROSSED_SEVEN]
    assert_array_equal(digit_of(moved), digit_of(CROSSED_SEVEN))


@given(scale=st.floats(0.5, 2))
@settings(deadline=None, max_examples=30)
def test_how_large_a_digit_is_drawn_hardly_matters(scale):
    larger = digit_of([stroke * scale for stroke in CROSSED_SEVEN], canvas=560, brush=20 * scale)
    # Centring moves by whole pixels, so two sizes may differ by one pixel of position.
    shifts = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    moved = [np.roll(larger.astype(int), shift, axis=(0, 1)) for shift in shifts]
    assert min(np.abs(each - digit_of(CROSSED_SEVEN)).mean() for each in moved) < 8


def test_doubling_canvas_strokes_and_brush_hardly_changes_the_digit():
    doubled = digit_of([stroke * 2 for stroke in CROSSED_SEVEN], canvas=560, brush=40)
    assert np.abs(doubled.astype(int) - digit_of(CROSSED_SEVEN)).mean() < 2


def test_a_blank_canvas_gives_none():
    assert prepare(np.zeros((280, 280), np.uint8)) is None
    assert Drawing(()).prepared() is None
    with pytest.raises(DrawingError, match="no ink"):
        Drawing(()).to_digit()


def test_a_dot_and_a_stroke_beyond_the_canvas_give_a_digit():
    assert digit_of([np.array([[140.0, 140.0]])]).max() == 255
    assert digit_of([np.array([[-50.0, 140.0], [400.0, 150.0]])]).max() == 255


@given(
    st.lists(
        st.lists(st.tuples(st.floats(-50, 330), st.floats(-50, 330)), min_size=1, max_size=12), min_size=1, max_size=4
    )
)
@settings(deadline=None, max_examples=100)
def test_any_drawing_gives_a_28_x_28_digit_or_none(strokes):
    preparation = Drawing(tuple(np.array(stroke) for stroke in strokes)).prepared()
    if preparation:
        digit = preparation.digit
        assert (digit.shape, digit.dtype, digit.max()) == ((28, 28), np.uint8, 255)


def test_normalizing_an_mnist_digit_hardly_changes_it(digits):
    sample = digits.test.images[:300]
    differences = [np.abs(prepare(digit).digit.astype(int) - digit).mean() for digit in sample]
    assert np.median(differences) < 1


def test_a_stroke_is_as_wide_as_its_brush_and_has_round_ends():
    ink = rasterize(Drawing((np.array([[40.0, 100.0], [240.0, 100.0]]),), brush=20))
    assert ink[:, 140].sum() / 255 == pytest.approx(20, abs=0.1)
    assert_array_equal(ink[91:109, 140], 255)
    assert ink[100, 32:248].min() == 255  # the round ends add half of the brush width
    assert ink[100, 251] == 0


def test_curves_pass_through_the_midpoints_between_points():
    corner = rasterize(Drawing((np.array([[40.0, 40.0], [240.0, 40.0], [240.0, 200.0], [240.0, 240.0]]),), brush=4))
    assert corner[40, 138] == 255
    assert corner[40, 238] == 0  # the corner itself is rounded off


def test_the_second_last_point_is_not_painted_as_in_fabric():
    path = [[40.0, 40.0], [140.0, 40.0], [140.3, 40.0], [140.0, 140.0]]
    stray = [[40.0, 40.0], [140.0, 40.0], [20.0, 250.0], [140.0, 140.0]]  # only the second last point differs
    assert_array_equal(rasterize(Drawing((np.array(path),))), rasterize(Drawing((np.array(stray),))))


def test_faint_pixels_at_the_edge_do_not_shift_a_digit():
    ink = np.zeros((280, 280), np.uint8)
    ink[50:200, 100:140] = 255
    fringed = ink.copy()
    fringed[49, 100:140] = fringed[50:200, 140] = 20
    assert_array_equal(prepare(fringed).digit, prepare(ink).digit)


def test_fit_to_box_keeps_the_aspect_ratio_and_scales_to_20_pixels():
    fitted = fit_to_box(np.full((200, 50), 255, np.uint8))
    assert fitted.shape == (20, 5)
    assert fitted.min() == 255


def test_crop_returns_the_inked_rectangle_and_rejects_a_blank_canvas():
    ink = np.zeros((50, 40), np.uint8)
    ink[10:15, 20:22] = 9
    assert crop(ink).shape == (5, 2)
    with pytest.raises(ValueError, match="no ink"):
        crop(np.zeros((5, 5), np.uint8))


def test_center_by_mass_puts_the_centre_of_mass_where_mnist_has_it():
    fitted = np.zeros((20, 11), np.uint8)
    fitted[:, 0] = 255
    digit = center_by_mass(fitted)
    assert np.flatnonzero(digit.any(axis=0)).tolist() == [14]
    assert np.flatnonzero(digit.any(axis=1)).tolist() == list(range(4, 24))


def test_strokes_of_canvas_recovers_the_drawn_points_from_fabric_paths():
    path = [["M", 49.98, 50], ["Q", 50, 50, 75, 55], ["Q", 100, 60, 100, 130], ["L", 100, 200.02]]
    dot = [["M", 199.98, 200], ["L", 200.02, 200]]
    strokes = strokes_of_canvas([{"type": "Path", "path": path}, {"type": "Rect"}, {"type": "Path", "path": dot}])
    # The last point is there twice because Fabric does not paint the second last point.
    assert_array_equal(strokes[0], [[50, 50], [100, 60], [100, 200.02], [100, 200.02]])
    assert_array_equal(strokes[1], [[200.02, 200]])


@pytest.mark.parametrize("label", [True, False, 3.0, "3", 10, -1, [3]])
def test_a_label_that_is_no_digit_raises_drawing_error(label):
    with pytest.raises(DrawingError, match="label"):
        Drawing(SEVEN, label=label)


def test_points_too_far_from_the_canvas_raise_drawing_error():
    with pytest.raises(DrawingError, match="100,000 pixels"):
        Drawing((np.array([[0.0, 0.0], [1e300, 5.0]]),))
