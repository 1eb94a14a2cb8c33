"""Tests of the figures that show digits, their pixel values and their one-hot labels."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mnist_core.figures import digits
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.figures.style import DARK, LIGHT, Theme

NINE_DIGITS = np.arange(9 * 784).reshape(9, 28, 28).astype(np.uint8)
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK])


def test_digits_are_drawn_with_sharp_pixels_light_on_dark() -> None:
    figure = digits.digit_with_histogram(NINE_DIGITS[0], "Digit: 0", LIGHT, colour=DIGIT_COLOURS[0], log=True)
    image = figure.axes[0].images[0]
    assert image.get_interpolation() == "nearest"
    assert image.get_clim() == (0, 255)
    assert_allclose(image.cmap(255)[:3], 1)


@pytest.mark.parametrize("log", [True, False])
def test_the_histogram_below_the_digit_counts_its_784_pixels(log: bool) -> None:
    figure = digits.digit_with_histogram(NINE_DIGITS[3], "Digit: 3", LIGHT, colour=DIGIT_COLOURS[3], log=log)
    figure.canvas.draw()
    above, below = figure.axes
    assert above.get_title() == "Digit: 3"
    assert below.patches[0].get_data().values.sum() == 784
    assert above.get_position().y0 > below.get_position().y1


def test_pixel_values_writes_the_value_in_each_pixel() -> None:
    figure = digits.pixel_values(np.array([[0.0, 0.25], [0.996, 1.0]]), LIGHT, largest=1, decimals=2)
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.00", "0.25", "1.00", "1.00"]


@THEMES
def test_a_one_hot_row_has_a_single_1_in_its_digits_colour(theme: Theme) -> None:
    figure = digits.one_hot_rows(np.eye(10)[[8, 3]], theme)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts].count("1") == 2
    assert axes.texts[8].get_text() == axes.texts[13].get_text() == "1"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["label 8", "label 3"]
    colours = axes.images[0].get_array()
    assert len(np.unique(np.asarray(colours).reshape(-1, 4), axis=0)) == 3
