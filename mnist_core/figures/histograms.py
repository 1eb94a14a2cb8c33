"""Figures of histograms of pixel values, linear or logarithmic."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mnist_core.figures.style import Theme, decorate, new_figure

BIN_WIDTH = 8  # pixel values per bar of a single digit's histogram: 784 pixels are too few for 256 bars
TICKS = (0, 64, 128, 192, 255)


def pixel_histogram(
    histogram: np.ndarray,
    theme: Theme,
    *,
    colour: str,
    label: str,
    log: bool,
    reference: np.ndarray | None = None,
    reference_label: str = "",
    narrow: bool = False,
) -> Figure:
    """The share of pixels with each value from 0 to 255, in percent.

    ``histogram``: int (256,), pixels of each value. ``reference``: another histogram, drawn as an outline.
    ``narrow``: a smaller figure for narrow columns, so that its text stays legible.
    """
    figure = new_figure(4 if narrow else 7, 3.5, theme)
    axes = figure.subplots()
    edges = np.arange(257) - 0.5
    axes.stairs(percent(histogram), edges, fill=True, color=colour, label=label)
    if reference is not None:
        axes.stairs(percent(reference), edges, color=theme.text, linewidth=0.9, label=reference_label, baseline=None)
        axes.legend(frameon=False, labelcolor=theme.text)
    decorate(axes, theme, xlabel="Pixel value: 0 background, 255 ink", ylabel="Share of pixels")
    _scale(axes, log=log)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:g} %"))
    return figure


def percent(histogram: np.ndarray) -> np.ndarray:
    """``histogram``, counts (256,), as percentages of all pixels: float64 (256,), 0 to 100."""
    percentages: np.ndarray = 100 * histogram / histogram.sum()
    return percentages


def draw_digit_histogram(axes: Axes, digit: np.ndarray, theme: Theme, *, colour: str, log: bool) -> None:
    """Draw the histogram of the pixel values of ``digit``, uint8 (28, 28), on ``axes``."""
    axes.stairs(*np.histogram(digit, bins=np.arange(0, 257, BIN_WIDTH)), fill=True, color=colour)
    decorate(axes, theme, xlabel="Pixel value", ylabel="Pixels")
    _scale(axes, log=log)
    if log:
        axes.set_ylim(bottom=0.5)  # so that a bar of one pixel is visible
        axes.yaxis.set_major_formatter(FuncFormatter(lambda pixels, _: f"{pixels:g}"))
    else:
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))


def _scale(axes: Axes, *, log: bool) -> None:
    axes.set_xticks(TICKS)
    axes.set_xlim(-4, 260)
    if log:
        axes.set_yscale("log")
        axes.minorticks_off()
