"""Tests of the naive ways to get 28 x 28 pixels: resizing the canvas and centring the bounding box."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits.drawing import Drawing, rasterize
from mnist_core.digits.naive_preprocessing import center_by_box, resized
from mnist_core.digits.normalization import crop, prepare


def ink(*, dx: float = 0, dy: float = 0) -> np.ndarray:
    """The rasterized canvas with a seven, shifted by (``dx``, ``dy``) pixels."""
    points = [(60, 50), (130, 50), (95, 140), (90, 150)]
    return rasterize(Drawing(strokes=(np.array([(x + dx, y + dy) for x, y in points], np.float64),)))


def test_resizing_the_canvas_keeps_the_position_of_the_digit():
    rows = np.flatnonzero(resized(ink()).any(axis=1)).mean()
    assert np.flatnonzero(resized(ink(dy=80)).any(axis=1)).mean() == pytest.approx(rows + 8, abs=0.5)


def test_centring_the_bounding_box_removes_the_position_of_the_digit():
    assert_array_equal(center_by_box(ink()), center_by_box(ink(dx=70, dy=80)))


def test_centring_by_box_and_by_mass_give_the_same_ink_at_different_positions():
    by_box, by_mass = center_by_box(ink()), prepare(ink()).digit
    assert_array_equal(crop(by_box), crop(by_mass))
    assert not np.array_equal(by_box, by_mass)


def test_centring_a_blank_canvas_raises_value_error():
    with pytest.raises(ValueError, match="no ink"):
        center_by_box(np.zeros((280, 280), np.uint8))
