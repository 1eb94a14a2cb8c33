import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits.handwriting import drawings, handwriting, write
from mnist_core.digits.handwriting_styles import STYLES
from mnist_core.digits.normalization import BOX


def test_every_label_is_written_as_often_and_as_mnist_has_its_digits():
    split = handwriting(40, seed=1)
    assert split.images.shape == (40, 28, 28)
    assert split.images.dtype == split.labels.dtype == np.uint8
    assert_array_equal(np.bincount(split.labels), [4] * 10)
    for image in split.images:
        rows, columns = np.nonzero(image)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == BOX
        assert image.max() >= 250


def test_a_seed_gives_the_same_hands_again_and_another_seed_others():
    first, again, other = (handwriting(10, seed=seed).images for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert (first != other).any(axis=(1, 2)).all()


def test_more_drawings_begin_with_the_same_ones():
    assert_array_equal(handwriting(10, seed=3).images, handwriting(20, seed=3).images[:10])


def test_no_handwriting_is_an_empty_split():
    split = handwriting(0, seed=0)
    assert split.images.shape == (0, 28, 28)
    assert len(split) == 0


def test_a_drawing_stays_on_its_canvas():
    for drawing in drawings(200, seed=4):
        points = np.concatenate(drawing.strokes)
        assert points.min() >= 0
        assert points.max() <= drawing.canvas
        assert 2 <= drawing.brush <= drawing.canvas / 3


def test_people_write_with_thin_and_thick_brushes_quickly_and_slowly():
    written = list(drawings(300, seed=5))
    of_size = [drawing.brush / np.ptp(np.concatenate(drawing.strokes), axis=0).max() for drawing in written]
    points = [len(stroke) for drawing in written for stroke in drawing.strokes]
    assert min(of_size) < 0.05
    assert max(of_size) > 0.2
    assert min(points) < 5
    assert max(points) > 50


@pytest.mark.parametrize("digit", range(10))
def test_each_style_can_be_drawn_in_all_its_forms(digit):
    for style in STYLES[digit]:
        for weight in (0, 0.5, 1):
            strokes = style.blend(weight)
            assert all(len(stroke.points) == len(stroke.corners) >= 2 for stroke in strokes)
        assert [stroke.corners.tolist() for stroke in style.one] == [stroke.corners.tolist() for stroke in style.other]
        assert style.share > 0


def test_the_styles_that_mnist_lacks_are_there():
    names = {digit: {style.name for style in styles} for digit, styles in STYLES.items()}
    assert {"slashed", "dotted"} <= names[0]
    assert {"flag", "flag as long as the stem", "flag and foot"} <= names[1]
    assert {"loop", "corner"} <= names[2]
    assert "flat top" in names[3]
    assert {"closed", "open", "lightning"} <= names[4]
    assert {"one stroke", "detached roof"} <= names[5]
    assert {"bar", "hook", "bent stem"} <= names[7]
    assert {"curled tail", "straight stem", "slanted stem"} <= names[9]


def test_the_same_hand_writes_the_digit_that_was_asked_for():
    for digit in range(10):
        drawing = write(digit, np.random.default_rng(6))
        assert drawing.label == digit
        assert drawing.strokes
