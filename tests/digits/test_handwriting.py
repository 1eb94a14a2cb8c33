import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits.handwriting import draw_digit, drawings, handwriting
from mnist_core.digits.handwriting_styles import STYLES
from mnist_core.digits.normalization import BOX


def test_labels_are_equally_frequent_and_images_are_normalized_as_in_mnist():
    split = handwriting(40, seed=1)
    assert split.images.shape == (40, 28, 28)
    assert split.images.dtype == split.labels.dtype == np.uint8
    assert_array_equal(np.bincount(split.labels), [4] * 10)
    for image in split.images:
        rows, columns = np.nonzero(image)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == BOX
        assert image.max() >= 250


def test_equal_seeds_give_equal_images_and_other_seeds_give_others():
    first, again, other = (handwriting(10, seed=seed).images for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert (first != other).any(axis=(1, 2)).all()


def test_a_larger_count_starts_with_the_same_images():
    assert_array_equal(handwriting(10, seed=3).images, handwriting(20, seed=3).images[:10])


def test_a_count_of_zero_gives_an_empty_split():
    split = handwriting(0, seed=0)
    assert split.images.shape == (0, 28, 28)
    assert len(split) == 0


def test_drawings_stay_on_their_canvas():
    for drawing in drawings(200, seed=4):
        points = np.concatenate(drawing.strokes)
        assert points.min() >= 0
        assert points.max() <= drawing.canvas
        assert 2 <= drawing.brush <= drawing.canvas / 3


def test_drawings_vary_in_brush_width_and_number_of_points():
    sample = list(drawings(300, seed=5))
    relative_widths = [drawing.brush / np.ptp(np.concatenate(drawing.strokes), axis=0).max() for drawing in sample]
    points = [len(stroke) for drawing in sample for stroke in drawing.strokes]
    assert min(relative_widths) < 0.05
    assert max(relative_widths) > 0.2
    assert min(points) < 5
    assert max(points) > 50


@pytest.mark.parametrize("digit", range(10))
def test_each_style_blends_its_two_forms_with_any_weight(digit):
    for style in STYLES[digit]:
        for weight in (0, 0.5, 1):
            strokes = style.blend(weight)
            assert all(len(stroke.points) == len(stroke.corners) >= 2 for stroke in strokes)
        assert [stroke.corners.tolist() for stroke in style.first_form] == [
            stroke.corners.tolist() for stroke in style.second_form
        ]
        assert style.share > 0


def test_styles_that_mnist_lacks_are_defined():
    names = {digit: {style.name for style in styles} for digit, styles in STYLES.items()}
    assert {"slashed", "dotted"} <= names[0]
    assert {"flag", "flag as long as the stem", "flag and foot"} <= names[1]
    assert {"loop", "corner"} <= names[2]
    assert "flat top" in names[3]
    assert {"closed", "open", "lightning"} <= names[4]
    assert {"one stroke", "detached roof"} <= names[5]
    assert {"bar", "hook", "bent stem"} <= names[7]
    assert {"curled tail", "straight stem", "slanted stem"} <= names[9]


def test_draw_digit_draws_the_requested_digit():
    for digit in range(10):
        drawing = draw_digit(digit, np.random.default_rng(6))
        assert drawing.label == digit
        assert drawing.strokes
