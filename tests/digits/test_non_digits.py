"""Tests of the generated drawings that are no digits: kinds, canvas bounds and seeds."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits.drawing import Drawing
from mnist_core.digits.non_digits import DIGITS, KINDS, LETTERS, SHAPES, make, strokes_of


def pictures(made: list[tuple[str, Drawing]]) -> np.ndarray:
    """The drawings as normalized images, uint8 (N, 28, 28)."""
    return np.stack([drawing.to_digit() for _, drawing in made])


def test_all_kinds_are_equally_frequent():
    kinds = [kind for kind, _ in make(50, seed=0)]
    assert {kind: kinds.count(kind) for kind in KINDS} == dict.fromkeys(KINDS, 10)


def test_the_same_seed_makes_the_same_drawings():
    assert_array_equal(pictures(make(10, seed=3)), pictures(make(10, seed=3)))
    assert not np.array_equal(pictures(make(10, seed=3)), pictures(make(10, seed=4)))


def test_all_drawings_stay_on_the_canvas_and_have_ink():
    made = make(200, seed=1)
    for _, drawing in made:
        points = np.concatenate(drawing.strokes)
        assert points.min() >= 0
        assert points.max() <= drawing.canvas
        assert drawing.label is None
    assert pictures(made).any(axis=(1, 2)).all()


def test_letters_that_look_like_digits_are_left_out():
    assert not set("OISZBGQ") & set(LETTERS)
    assert len(LETTERS) == 19


@pytest.mark.parametrize("text", [*LETTERS.values(), *SHAPES.values(), *DIGITS.values()])
def test_every_glyph_fills_about_a_unit_square(text):
    points = np.concatenate(strokes_of(text))
    assert (points > -0.25).all()
    assert (points < 1.25).all()
    assert np.ptp(points, axis=0).max() > 0.6
