"""What the quicker ways to 28x28 keep and lose."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits.drawing import Drawing, rasterize
from mnist_core.digits.naive_preprocessing import centred_by_box, resized
from mnist_core.digits.normalization import crop, prepare


def ink(*, dx: float = 0, dy: float = 0) -> np.ndarray:
    """A seven somewhere on the canvas."""
    points = [(60, 50), (130, 50), (95, 140), (90, 150)]
    return rasterize(Drawing(strokes=(np.array([(x + dx, y + dy) for x, y in points], np.float64),)))


def test_a_resized_canvas_keeps_where_the_digit_was():
    rows = np.flatnonzero(resized(ink()).any(axis=1)).mean()
    assert np.flatnonzero(resized(ink(dy=80)).any(axis=1)).mean() == pytest.approx(rows + 8, abs=0.5)


def test_a_box_in_the_middle_does_not():
    assert_array_equal(centred_by_box(ink()), centred_by_box(ink(dx=70, dy=80)))


def test_it_has_the_same_ink_as_mnists_way_at_another_place():
    by_box, by_mass = centred_by_box(ink()), prepare(ink()).digit
    assert_array_equal(crop(by_box), crop(by_mass))
    assert not np.array_equal(by_box, by_mass)


def test_no_ink_cannot_be_centred():
    with pytest.raises(ValueError, match="no ink"):
        centred_by_box(np.zeros((280, 280), np.uint8))
