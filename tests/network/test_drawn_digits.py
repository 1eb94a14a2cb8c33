"""The network that ships reads a drawing alike wherever, however large and however thick it is drawn."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_core.digits.drawing import Drawing, rasterize
from mnist_core.digits.handwriting import drawings
from mnist_core.digits.normalization import prepare, to_digit
from mnist_core.network import model as network
from mnist_core.runs import store

CLEAR = {
    0: [[(140, 50), (90, 80), (75, 140), (95, 205), (140, 225), (190, 200), (205, 140), (185, 75), (140, 50)]],
    1: [[(105, 90), (150, 50), (150, 140), (150, 235)]],
    2: [[(85, 90), (110, 55), (160, 50), (185, 90), (160, 140), (80, 225), (130, 225), (200, 225)]],
    3: [[(90, 60), (150, 50), (185, 85), (150, 130), (120, 135), (180, 150), (190, 195), (140, 228), (85, 210)]],
    4: [[(110, 50), (95, 100), (85, 145), (140, 145), (205, 145)], [(170, 60), (168, 140), (165, 230)]],
    7: [[(80, 55), (140, 52), (205, 50), (170, 120), (150, 175), (130, 235)]],
}


def clear(digit: int, *, scale: float = 1.0, shift: tuple[float, float] = (0, 0), brush: float = 20) -> Drawing:
    """A plain drawing of ``digit``, its points a pixel or so apart as a slow pen gives them."""
    strokes = []
    for points in CLEAR[digit]:
        corners = np.array(points, float)
        along = np.linspace(0, len(corners) - 1, 60)
        dense = np.column_stack([np.interp(along, np.arange(len(corners)), axis) for axis in corners.T])
        strokes.append((dense - 140) * scale + 140 + shift)
    return Drawing(tuple(strokes), brush=brush, label=digit)


@pytest.fixture(scope="module")
def world():
    return network.inference_function(network.load(store.shipped_default_run().model_path))


def read(world, *written: Drawing) -> list[int]:
    digits = np.stack([to_digit(rasterize(each)) for each in written])
    return network.predict_with(world, digits).argmax(axis=1).tolist()


@pytest.mark.parametrize("digit", CLEAR)
def test_place_size_and_brush_change_no_answer(world, digit):
    changed = [clear(digit, scale=scale, brush=brush) for scale in (0.3, 0.6, 1.0) for brush in (8, 14, 20)]
    moved = [clear(digit, scale=0.5, shift=shift) for shift in ((-60, -60), (70, 0), (40, 65))]
    assert read(world, *changed, *moved) == [digit] * 12


@pytest.mark.parametrize("digit", CLEAR)
def test_a_quick_pen_is_read_like_a_slow_one(world, digit):
    slow = clear(digit)
    quick = replace(slow, strokes=tuple(np.vstack([stroke[::6], stroke[-1:]]) for stroke in slow.strokes))
    assert read(world, quick) == [digit]


def test_strokes_in_another_order_are_the_same_drawing():
    four = clear(4)
    turned = replace(four, strokes=four.strokes[::-1])
    np.testing.assert_array_equal(rasterize(turned), rasterize(four))


def test_a_drawing_over_the_edge_a_tiny_one_and_a_dot_have_answers(world):
    over_the_edge = clear(7, shift=(100, 0))
    tiny = clear(7, scale=0.05, brush=3)
    dot = Drawing((np.array([[140.0, 140.0]]),))
    assert prepare(rasterize(dot)).cropped.shape == (20, 20)
    assert read(world, tiny, over_the_edge, dot)[0] == 7


def test_handwriting_that_it_has_never_seen_is_read(world):
    written = list(drawings(500, seed=3_000_000))
    right = np.array(read(world, *written)) == [drawing.label for drawing in written]
    assert right.mean() > 0.95
