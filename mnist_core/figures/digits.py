"""Figures of digits: an image with its histogram, pixel values, one-hot labels."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.figures.histograms import draw_digit_histogram
from mnist_core.figures.style import Theme, new_figure, show_digit


def digit_with_histogram(digit: np.ndarray, title: str, theme: Theme, *, colour: str, log: bool) -> Figure:
    """An image of ``digit``, uint8 (28, 28), and below it the histogram of its 784 pixel values."""
    figure = new_figure(4.4, 6.2, theme)
    figure.set_layout_engine("none")  # a fixed layout is faster, and it is redrawn at each click
    above = figure.add_axes((0.14, 0.34, 0.85, 0.61))
    below = figure.add_axes((0.14, 0.085, 0.85, 0.235))
    show_digit(above, digit, theme, title=title)
    draw_digit_histogram(below, digit, theme, colour=colour, log=log)
    return figure


def pixel_values(pixels: np.ndarray, theme: Theme, *, largest: float, decimals: int = 0) -> Figure:
    """``pixels`` (H, W), 0 to ``largest``, as grey squares with their values as text."""
    height, width = pixels.shape
    figure = new_figure(0.46 * width, 0.46 * height, theme)
    axes = figure.subplots()
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=largest, interpolation="nearest")
    axes.set_axis_off()
    for (row, column), value in np.ndenumerate(pixels):
        colour = "black" if value > largest / 2 else "white"
        axes.text(column, row, f"{value:.{decimals}f}", color=colour, ha="center", va="center", fontsize=9)
    return figure


def one_hot_rows(vectors: np.ndarray, theme: Theme) -> Figure:
    """One-hot ``vectors``, float (N, 10), as rows of ten cells; the cell of the 1 has its digit's colour."""
    figure = new_figure(5.4, 0.44 * len(vectors) + 0.5, theme)
    axes = figure.subplots()
    axes.imshow(_coloured(vectors, theme), interpolation="nearest", aspect="auto")
    for (row, column), value in np.ndenumerate(vectors):
        colour = "black" if value else theme.text
        weight = "bold" if value else "normal"
        axes.text(column, row, f"{value:.0f}", color=colour, weight=weight, ha="center", va="center")
    axes.set_xticks(range(10))
    axes.set_yticks(range(len(vectors)), [f"label {label}" for label in vectors.argmax(axis=1)])
    axes.xaxis.tick_top()
    axes.tick_params(colors=theme.text, length=0)
    axes.spines[:].set_visible(False)
    axes.patch.set_alpha(0)
    return figure


def _coloured(vectors: np.ndarray, theme: Theme) -> np.ndarray:
    """RGBA, float64 (N, 10, 4): the digit's colour where ``vectors`` is 1, else faint."""
    hot = np.array([(*to_rgb(colour), 1.0) for colour in DIGIT_COLOURS])
    cold = np.array((*to_rgb(theme.faint), 0.35))
    return np.where(vectors[..., None] == 1, hot, cold)
