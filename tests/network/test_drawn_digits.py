"""Tests that the shipped network predicts a drawing alike at any position, size and brush width."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_core.digits.drawing import Drawing, rasterize
from mnist_core.digits.handwriting import drawings
from mnist_core.network import model as network
from mnist_core.runs import store

PLAIN_STROKES = {
    0: [[(140, 50), (90, 80), (75, 140), (95, 205), (140, 225), (190, 200), (205, 140), (185, 75), (140, 50)]],
    1: [[(105, 90), (150, 50), (150, 140), (150, 235)]],
    2: [[(85, 90), (110, 55), (160, 50), (185, 90), (160, 140), (80, 225), (130, 225), (200, 225)]],
    3: [[(90, 60), (150, 50), (185, 85), (150, 130), (120, 135), (180, 150), (190, 195), (140, 228), (85, 210)]],
    4: [[(110, 50), (95, 100), (85, 145), (140, 145), (205, 145)], [(170, 60), (168, 140), (165, 230)]],
    7: [[(80, 55), (140, 52), (205, 50), (170, 120), (150, 175), (130, 235)]],
}


def plain_drawing(digit: int, *, scale: float = 1.0, shift: tuple[float, float] = (0, 0), brush: float = 20) -> Drawing:
    """A drawing of ``digit`` with 60 evenly spaced points per stroke."""
    strokes = []
    for points in PLAIN_STROKES[digit]:
        corners = np.array(points, float)
        along = np.linspace(0, len(corners) - 1, 60)
        dense = np.column_stack([np.interp(along, np.arange(len(corners)), axis) for axis in corners.T])
        strokes.append((dense - 140) * scale + 140 + shift)
    return Drawing(tuple(strokes), brush=brush, label=digit)


@pytest.fixture(scope="module")
def world():
    return network.inference_function(network.load(store.shipped_default_run().model_path))


def predict(world, *sample: Drawing) -> list[int]:
    digits = np.stack([each.to_digit() for each in sample])
    return network.predict_with(world, digits).argmax(axis=1).tolist()


@pytest.mark.parametrize("digit", PLAIN_STROKES)
def test_position_size_and_brush_do_not_change_the_prediction(world, digit):
    changed = [plain_drawing(digit, scale=scale, brush=brush) for scale in (0.3, 0.6, 1.0) for brush in (8, 14, 20)]
    moved = [plain_drawing(digit, scale=0.5, shift=shift) for shift in ((-60, -60), (70, 0), (40, 65))]
    assert predict(world, *changed, *moved) == [digit] * 12


@pytest.mark.parametrize("digit", PLAIN_STROKES)
def test_a_drawing_with_few_points_is_predicted_like_one_with_many(world, digit):
    slow = plain_drawing(digit)
    quick = replace(slow, strokes=tuple(np.vstack([stroke[::6], stroke[-1:]]) for stroke in slow.strokes))
    assert predict(world, quick) == [digit]


def test_the_order_of_strokes_does_not_change_the_image():
    four = plain_drawing(4)
    reordered = replace(four, strokes=four.strokes[::-1])
    np.testing.assert_array_equal(rasterize(reordered), rasterize(four))


def test_drawings_beyond_the_edge_tiny_ones_and_dots_get_a_prediction(world):
    over_the_edge = plain_drawing(7, shift=(100, 0))
    tiny = plain_drawing(7, scale=0.05, brush=3)
    dot = Drawing((np.array([[140.0, 140.0]]),))
    assert dot.prepared().cropped.shape == (20, 20)
    assert predict(world, tiny, over_the_edge, dot)[0] == 7


def test_accuracy_on_unseen_handwriting_is_above_95_percent(world):
    sample = list(drawings(500, seed=3_000_000))
    correct = np.array(predict(world, *sample)) == [drawing.label for drawing in sample]
    assert correct.mean() > 0.95
