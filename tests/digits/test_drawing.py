"""From strokes to digits: the way MNIST's were made."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from mnist_core.digits.drawing import Drawing, DrawingError, rasterize, strokes_of_canvas
from mnist_core.digits.normalization import center_by_mass, crop, fit_to_box, prepare, to_digit

SEVEN = (np.array([[90, 80], [180, 82], [160, 120], [130, 200]], float),)
CROSSED_SEVEN = (*SEVEN, np.array([[110, 140], [170, 138]], float))


def drawn(strokes, *, canvas=280, brush=20.0) -> np.ndarray | None:
    return to_digit(rasterize(Drawing(tuple(strokes), canvas=canvas, brush=brush)))


@given(dx=st.integers(-70, 80), dy=st.integers(-60, 60))
@settings(deadline=None, max_examples=50)
def test_where_a_digit_is_drawn_does_not_matter(dx, dy):
    moved = [stroke + np.array([dx, dy]) for stroke in CROSSED_SEVEN]
    assert_array_equal(drawn(moved), drawn(CROSSED_SEVEN))


@given(scale=st.floats(0.5, 2))
@settings(deadline=None, max_examples=30)
def test_how_large_a_digit_is_drawn_hardly_matters(scale):
    larger = drawn([stroke * scale for stroke in CROSSED_SEVEN], canvas=560, brush=20 * scale)
    # Centring moves by whole pixels, so two sizes may end up one apart.
    shifts = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    moved = [np.roll(larger.astype(int), shift, axis=(0, 1)) for shift in shifts]
    assert min(np.abs(each - drawn(CROSSED_SEVEN)).mean() for each in moved) < 8


def test_doubling_a_drawing_changes_almost_nothing():
    doubled = drawn([stroke * 2 for stroke in CROSSED_SEVEN], canvas=560, brush=40)
    assert np.abs(doubled.astype(int) - drawn(CROSSED_SEVEN)).mean() < 2


def test_a_blank_canvas_has_no_digit():
    assert prepare(np.zeros((280, 280), np.uint8)) is None
    assert drawn([]) is None


def test_a_dot_and_a_drawing_over_the_edges_have_a_digit():
    assert drawn([np.array([[140.0, 140.0]])]).max() == 255
    assert drawn([np.array([[-50.0, 140.0], [400.0, 150.0]])]).max() == 255


@given(
    st.lists(
        st.lists(st.tuples(st.floats(-50, 330), st.floats(-50, 330)), min_size=1, max_size=12), min_size=1, max_size=4
    )
)
@settings(deadline=None, max_examples=100)
def test_whatever_is_drawn_fits_the_network_or_is_blank(strokes):
    digit = drawn([np.array(stroke) for stroke in strokes])
    assert digit is None or (digit.shape == (28, 28) and digit.dtype == np.uint8 and digit.max() == 255)


def test_a_digit_of_mnist_comes_out_almost_as_it_went_in(digits):
    sample = digits.test.images[:300]
    differences = [np.abs(to_digit(digit).astype(int) - digit).mean() for digit in sample]
    assert np.median(differences) < 1


def test_the_brush_paints_as_wide_as_it_is():
    ink = rasterize(Drawing((np.array([[40.0, 100.0], [240.0, 100.0]]),), brush=20))
    assert ink[:, 140].sum() / 255 == pytest.approx(20, abs=0.1)
    assert_array_equal(ink[91:109, 140], 255)
    assert ink[100, 32:248].min() == 255  # round ends reach half a brush further
    assert ink[100, 251] == 0


def test_curves_go_through_the_middles_between_points():
    corner = rasterize(Drawing((np.array([[40.0, 40.0], [240.0, 40.0], [240.0, 200.0], [240.0, 240.0]]),), brush=4))
    assert corner[40, 138] == 255
    assert corner[40, 238] == 0  # the corner itself is rounded off


def test_points_that_fabric_leaves_out_are_not_painted():
    path = [[40.0, 40.0], [140.0, 40.0], [140.3, 40.0], [140.0, 140.0]]
    stray = [[40.0, 40.0], [140.0, 40.0], [20.0, 250.0], [140.0, 140.0]]  # its last but one
    assert_array_equal(rasterize(Drawing((np.array(path),))), rasterize(Drawing((np.array(stray),))))


def test_a_pixel_covered_by_a_hair_does_not_move_a_digit():
    ink = np.zeros((280, 280), np.uint8)
    ink[50:200, 100:140] = 255
    fringed = ink.copy()
    fringed[49, 100:140] = fringed[50:200, 140] = 20
    assert_array_equal(to_digit(fringed), to_digit(ink))


def test_fitting_keeps_the_shape_and_reaches_20_pixels():
    fitted = fit_to_box(np.full((200, 50), 255, np.uint8))
    assert fitted.shape == (20, 5)
    assert fitted.min() == 255


def test_cropping_takes_what_is_drawn_and_nothing_else():
    ink = np.zeros((50, 40), np.uint8)
    ink[10:15, 20:22] = 9
    assert crop(ink).shape == (5, 2)
    with pytest.raises(ValueError, match="no ink"):
        crop(np.zeros((5, 5), np.uint8))


def test_the_centre_of_mass_is_put_where_mnist_has_it():
    fitted = np.zeros((20, 11), np.uint8)
    fitted[:, 0] = 255
    digit = center_by_mass(fitted)
    assert np.flatnonzero(digit.any(axis=0)).tolist() == [14]
    assert np.flatnonzero(digit.any(axis=1)).tolist() == list(range(4, 24))


def test_fabrics_paths_give_back_the_points_that_were_drawn():
    path = [["M", 49.98, 50], ["Q", 50, 50, 75, 55], ["Q", 100, 60, 100, 130], ["L", 100, 200.02]]
    dot = [["M", 199.98, 200], ["L", 200.02, 200]]
    strokes = strokes_of_canvas([{"type": "Path", "path": path}, {"type": "Rect"}, {"type": "Path", "path": dot}])
    # The last point twice: Fabric leaves out the one before the last when it paints.
    assert_array_equal(strokes[0], [[50, 50], [100, 60], [100, 200.02], [100, 200.02]])
    assert_array_equal(strokes[1], [[200.02, 200]])


@pytest.mark.parametrize("label", [True, False, 3.0, "3", 10, -1, [3]])
def test_only_a_digit_is_a_label(label):
    with pytest.raises(DrawingError, match="label"):
        Drawing(SEVEN, label=label)


def test_points_out_of_sight_are_refused():
    with pytest.raises(DrawingError, match="100,000 pixels"):
        Drawing((np.array([[0.0, 0.0], [1e300, 5.0]]),))
