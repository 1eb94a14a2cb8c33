import numpy as np
import pytest

from mnist_core.figures.style import DARK, LIGHT
from mnist_core.figures.weights import NEGATIVE_COLOUR, POSITIVE_COLOUR, layer_curves, weight_histogram, weight_images


def test_a_weight_image_shows_each_weight_at_its_pixel():
    kernel = np.zeros((784, 2))
    kernel[28 * 3 + 5, 0], kernel[28 * 20 + 1, 1], kernel[0, 1] = 0.5, -0.5, 9
    first, second = weight_images(kernel, largest=0.5)
    assert first.shape == (28, 28, 3)
    assert tuple(first[3, 5]) == POSITIVE_COLOUR
    assert tuple(second[20, 1]) == NEGATIVE_COLOUR
    assert tuple(second[0, 0]) == POSITIVE_COLOUR  # values beyond ``largest`` are clipped
    assert np.count_nonzero(first.any(axis=-1)) == 1


def test_weights_that_are_all_zero_are_black():
    assert not weight_images(np.zeros((784, 1)), largest=0.0).any()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_weight_histogram_counts_outliers_and_shows_the_initial_distribution(theme):
    weights = np.array([-100.0, *np.full(998, 0.01), 100.0])
    figure = weight_histogram(weights, theme, limit=0.1, title="Hidden layer 1", label="now")
    figure.draw_without_rendering()
    now, new = (patch.get_data() for patch in figure.axes[0].patches)
    assert now.values.sum() == pytest.approx(1)
    assert now.values[[0, -1]].tolist() == [0.001, 0.001]
    bar = now.edges[1] - now.edges[0]
    assert new.values[0] * 0.2 / bar == pytest.approx(1)
    assert new.edges.tolist() == [-0.1, 0.1]


def test_each_layer_has_a_line_and_the_epoch_is_marked():
    values = np.array([[0.0, 0.1, 0.2], [0.5, 0.4, 0.3]])
    figure = layer_curves(
        [1, 4], values, ["Hidden layer 1", "Hidden layer 2", "Output"], LIGHT, title="Moved", marked_epoch=4
    )
    figure.draw_without_rendering()
    marked, *lines = figure.axes[0].lines
    assert marked.get_xdata() == [4, 4]
    assert [line.get_label() for line in lines] == ["Hidden layer 1", "Hidden layer 2", "Output"]
    assert lines[1].get_ydata().tolist() == [0.1, 0.4]
