import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits.perturbations import PERTURBATIONS

EACH = pytest.mark.parametrize("perturbation", PERTURBATIONS.values(), ids=PERTURBATIONS)
ROWS, COLUMNS = np.mgrid[:28, :28] - 13.5


def bar(*, top: int = 8, bottom: int = 20, left: int = 12, right: int = 16) -> np.ndarray:
    """An upright stroke, 12 long and 4 wide, in the middle of one picture: uint8 (1, 28, 28)."""
    digit = np.zeros((1, 28, 28), np.uint8)
    digit[0, top:bottom, left:right] = 255
    return digit


def changed(name: str, digits: np.ndarray, level: float) -> np.ndarray:
    return PERTURBATIONS[name](digits, level)


def width(digit: np.ndarray) -> float:
    """Of the stroke in the middle row, in pixels of full ink."""
    return digit[0, 14].sum() / 255


@EACH
def test_one_level_gives_the_digits_themselves(perturbation, digits):
    some = digits.test.images[:20]
    assert perturbation.neutral in perturbation.levels
    assert_array_equal(perturbation(some, perturbation.neutral), some)


@EACH
def test_each_other_level_gives_other_digits_of_the_same_kind(perturbation, digits):
    some = digits.test.images[:20]
    before = some.copy()
    for level in set(perturbation.levels) - {perturbation.neutral}:
        others = perturbation(some, level)
        assert (others.dtype, others.shape) == (np.uint8, some.shape)
        assert (others != some).any(axis=(1, 2)).all()
    assert_array_equal(some, before)


@EACH
def test_a_digit_changes_in_the_same_way_each_time(perturbation, digits):
    some = digits.test.images[:20]
    assert_array_equal(perturbation(some, perturbation.levels[-1]), perturbation(some, perturbation.levels[-1]))


@EACH
def test_an_empty_picture_stays_empty_but_for_noise(perturbation):
    empty = perturbation(np.zeros((1, 28, 28), np.uint8), perturbation.levels[-1])
    assert empty.any() == (perturbation.name == "noise")


@EACH
def test_levels_rise_and_each_is_written_in_its_own_way(perturbation):
    assert list(perturbation.levels) == sorted(perturbation.levels)
    assert len({perturbation.label(level) for level in perturbation.levels}) == len(perturbation.levels)


def test_what_nothing_changes_has_no_sign():
    assert [PERTURBATIONS["rotation"].label(level) for level in (-15, 0, 15)] == ["−15°", "0°", "+15°"]
    assert [PERTURBATIONS["thickness"].label(level) for level in (-1, 0, 1)] == ["−1 px", "0 px", "+1 px"]


def test_rotation_turns_counter_clockwise():
    ink = changed("rotation", bar(), 30)[0].astype(float)
    assert (ink * ROWS * COLUMNS).sum() > 0  # the upper end has gone to the left, the lower to the right
    assert ink.sum() == pytest.approx(12 * 4 * 255, rel=0.02)


def test_a_quarter_turn_back_is_where_it_was():
    assert_array_equal(changed("rotation", changed("rotation", bar(), 90), -90), bar())


def test_digits_are_shifted_in_all_four_directions_in_turn():
    moved = changed("shift", np.repeat(bar(), 5, axis=0), 3)
    right, down, left, up, right_again = moved[:, None]
    assert_array_equal(right, bar(left=15, right=19))
    assert_array_equal(down, bar(top=11, bottom=23))
    assert_array_equal(left, bar(left=9, right=13))
    assert_array_equal(up, bar(top=5, bottom=17))
    assert_array_equal(right_again, right)


def test_ink_that_is_shifted_out_of_the_picture_is_gone():
    assert_array_equal(changed("shift", bar(left=24, right=28), 2), bar(left=26, right=28))


@pytest.mark.parametrize("factor", [0.6, 1.4])
def test_scale_changes_both_lengths_about_the_middle(factor):
    ink = changed("scale", bar(), factor)[0].astype(float)
    assert ink.sum() == pytest.approx(12 * 4 * 255 * factor**2, rel=0.2)
    assert (ink * ROWS).sum() / ink.sum() == pytest.approx(0, abs=0.01)
    assert (ink * COLUMNS).sum() / ink.sum() == pytest.approx(0, abs=0.01)


def test_a_thin_stroke_stays_whole_when_it_shrinks():
    thin = bar(left=13, right=14)
    assert (changed("scale", thin, 0.4)[0, 12:16].max(axis=1) > 0).all()


@pytest.mark.parametrize("pixels", [-2, -1, 0.5, 1, 2, 3, 6])
def test_thickness_is_told_in_pixels_of_the_stroke(pixels):
    assert width(changed("thickness", bar(), pixels)) == pytest.approx(4 + pixels, abs=0.01)


def test_a_stroke_thinner_than_nothing_is_gone():
    assert not changed("thickness", bar(), -6).any()


def test_noise_has_the_deviation_that_it_says():
    grey = np.full((50, 28, 28), 128, np.uint8)
    noise = changed("noise", grey, 20).astype(float) - 128
    assert noise.std() == pytest.approx(20, rel=0.02)
    assert noise.mean() == pytest.approx(0, abs=0.5)


def test_blur_spreads_ink_as_far_as_it_says():
    dot = np.zeros((1, 28, 28), np.uint8)
    dot[0, 13:15, 13:15] = 255
    ink = changed("blur", dot, 2)[0].astype(float)
    assert np.sqrt((ink * ROWS**2).sum() / ink.sum()) == pytest.approx(2, rel=0.1)
    assert ink.sum() == pytest.approx(dot.sum(dtype=float), rel=0.1)


def test_each_digit_is_changed_alone(digits):
    two = digits.test.images[:2]
    for name in ("rotation", "scale", "thickness", "blur"):
        perturbation = PERTURBATIONS[name]
        together = perturbation(two, perturbation.levels[0])
        assert_array_equal(together[1], perturbation(two[1:], perturbation.levels[0])[0])
