import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits.perturbations import PERTURBATIONS

EACH_PERTURBATION = pytest.mark.parametrize("perturbation", PERTURBATIONS.values(), ids=PERTURBATIONS)
ROWS, COLUMNS = np.mgrid[:28, :28] - 13.5


def bar(*, top: int = 8, bottom: int = 20, left: int = 12, right: int = 16) -> np.ndarray:
    """An upright stroke, 12 long and 4 wide, in the middle of one picture: uint8 (1, 28, 28)."""
    digit = np.zeros((1, 28, 28), np.uint8)
    digit[0, top:bottom, left:right] = 255
    return digit


def perturbed(name: str, digits: np.ndarray, level: float) -> np.ndarray:
    return PERTURBATIONS[name](digits, level)


def width(digit: np.ndarray) -> float:
    """The width of the stroke in the middle row, in pixels of full ink."""
    return digit[0, 14].sum() / 255


@EACH_PERTURBATION
def test_the_neutral_level_leaves_digits_unchanged(perturbation, digits):
    some = digits.test.images[:20]
    assert perturbation.neutral in perturbation.levels
    assert_array_equal(perturbation(some, perturbation.neutral), some)


@EACH_PERTURBATION
def test_every_other_level_changes_each_digit_and_keeps_dtype_and_shape(perturbation, digits):
    some = digits.test.images[:20]
    before = some.copy()
    for level in set(perturbation.levels) - {perturbation.neutral}:
        others = perturbation(some, level)
        assert (others.dtype, others.shape) == (np.uint8, some.shape)
        assert (others != some).any(axis=(1, 2)).all()
    assert_array_equal(some, before)


@EACH_PERTURBATION
def test_a_perturbation_is_deterministic(perturbation, digits):
    some = digits.test.images[:20]
    assert_array_equal(perturbation(some, perturbation.levels[-1]), perturbation(some, perturbation.levels[-1]))


@EACH_PERTURBATION
def test_only_noise_adds_ink_to_a_blank_image(perturbation):
    empty = perturbation(np.zeros((1, 28, 28), np.uint8), perturbation.levels[-1])
    assert empty.any() == (perturbation.name == "noise")


@EACH_PERTURBATION
def test_levels_are_sorted_and_their_labels_differ(perturbation):
    assert list(perturbation.levels) == sorted(perturbation.levels)
    assert len({perturbation.label(level) for level in perturbation.levels}) == len(perturbation.levels)


def test_the_label_of_the_neutral_level_has_no_sign():
    assert [PERTURBATIONS["rotation"].label(level) for level in (-15, 0, 15)] == ["−15°", "0°", "+15°"]
    assert [PERTURBATIONS["thickness"].label(level) for level in (-1, 0, 1)] == ["−1 px", "0 px", "+1 px"]


def test_a_positive_rotation_is_counter_clockwise():
    ink = perturbed("rotation", bar(), 30)[0].astype(float)
    assert (ink * ROWS * COLUMNS).sum() > 0  # the upper end is left of the centre, the lower end right of it
    assert ink.sum() == pytest.approx(12 * 4 * 255, rel=0.02)


def test_rotating_by_90_degrees_and_back_gives_the_same_digit():
    assert_array_equal(perturbed("rotation", perturbed("rotation", bar(), 90), -90), bar())


def test_consecutive_digits_are_shifted_right_down_left_and_up():
    moved = perturbed("shift", np.repeat(bar(), 5, axis=0), 3)
    right, down, left, up, right_again = moved[:, None]
    assert_array_equal(right, bar(left=15, right=19))
    assert_array_equal(down, bar(top=11, bottom=23))
    assert_array_equal(left, bar(left=9, right=13))
    assert_array_equal(up, bar(top=5, bottom=17))
    assert_array_equal(right_again, right)


def test_ink_shifted_beyond_the_edge_is_lost():
    assert_array_equal(perturbed("shift", bar(left=24, right=28), 2), bar(left=26, right=28))


@pytest.mark.parametrize("factor", [0.6, 1.4])
def test_scale_changes_width_and_height_around_the_centre(factor):
    ink = perturbed("scale", bar(), factor)[0].astype(float)
    assert ink.sum() == pytest.approx(12 * 4 * 255 * factor**2, rel=0.2)
    assert (ink * ROWS).sum() / ink.sum() == pytest.approx(0, abs=0.01)
    assert (ink * COLUMNS).sum() / ink.sum() == pytest.approx(0, abs=0.01)


def test_scaling_down_does_not_break_a_thin_stroke():
    thin = bar(left=13, right=14)
    assert (perturbed("scale", thin, 0.4)[0, 12:16].max(axis=1) > 0).all()


@pytest.mark.parametrize("pixels", [-2, -1, 0.5, 1, 2, 3, 6])
def test_the_thickness_level_is_the_change_of_stroke_width_in_pixels(pixels):
    assert width(perturbed("thickness", bar(), pixels)) == pytest.approx(4 + pixels, abs=0.01)


def test_thinning_by_more_than_the_stroke_width_leaves_no_ink():
    assert not perturbed("thickness", bar(), -6).any()


def test_the_noise_level_is_its_standard_deviation():
    grey = np.full((50, 28, 28), 128, np.uint8)
    noise = perturbed("noise", grey, 20).astype(float) - 128
    assert noise.std() == pytest.approx(20, rel=0.02)
    assert noise.mean() == pytest.approx(0, abs=0.5)


def test_the_blur_level_is_the_standard_deviation_of_the_spread_ink():
    dot = np.zeros((1, 28, 28), np.uint8)
    dot[0, 13:15, 13:15] = 255
    ink = perturbed("blur", dot, 2)[0].astype(float)
    assert np.sqrt((ink * ROWS**2).sum() / ink.sum()) == pytest.approx(2, rel=0.1)
    assert ink.sum() == pytest.approx(dot.sum(dtype=float), rel=0.1)


def test_a_digit_is_perturbed_alike_alone_and_in_a_batch(digits):
    two = digits.test.images[:2]
    for name in ("rotation", "scale", "thickness", "blur"):
        perturbation = PERTURBATIONS[name]
        together = perturbation(two, perturbation.levels[0])
        assert_array_equal(together[1], perturbation(two[1:], perturbation.levels[0])[0])
