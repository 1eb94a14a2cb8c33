"""Figures of weights: images per unit, histograms per layer, curves over the epochs."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from mnist_core.figures.colours import NEGATIVE_COLOUR, POSITIVE_COLOUR, TRAIN_COLOUR
from mnist_core.figures.style import Theme, decorate, new_figure

BIN_COUNT = 60
MIN_AXIS_LIMITS = 1.5  # of the histogram's axis, in multiples of the initial weights' limit
VISIBLE_SHARE = 0.995  # of the weights lie within the histogram's axis
HEADROOM = 1.35  # height of the axis relative to the highest bar; leaves space for the legend


def weight_images(kernel: np.ndarray, *, largest: float) -> np.ndarray:
    """RGB images of each unit's weights for the 784 pixels: uint8 (units, 28, 28, 3).

    ``kernel``: float (784, units). Black is 0, light blue ``largest`` or more, orange -``largest`` or less.
    """
    weights = kernel.T.reshape(-1, 28, 28, 1)
    strength = np.minimum(np.abs(weights) / max(largest, 1e-9), 1)
    colours: np.ndarray = strength * np.where(weights > 0, POSITIVE_COLOUR, NEGATIVE_COLOUR)
    return colours.astype(np.uint8)


def weight_histogram(weights: np.ndarray, theme: Theme, *, limit: float, title: str, label: str) -> Figure:
    """The histogram of ``weights``, float of any shape, and the initial distribution. ``label``: for the legend.

    Initial weights are uniform from -``limit`` to ``limit``. Weights beyond the axis are counted in the outer bars.
    """
    axis_limit = max(MIN_AXIS_LIMITS * limit, float(np.quantile(np.abs(weights), VISIBLE_SHARE)))
    edges = np.linspace(-axis_limit, axis_limit, BIN_COUNT + 1)
    shares = np.histogram(np.clip(weights, edges[0], edges[-1]), edges)[0] / weights.size
    figure = new_figure(4.2, 2.7, theme)
    axes = figure.subplots()
    decorate(axes, theme, title=title, xlabel="Weight")
    axes.stairs(shares, edges, fill=True, color=TRAIN_COLOUR, label=label)
    new_share = (edges[1] - edges[0]) / (2 * limit)  # share of initial weights in each bar
    axes.stairs([new_share], [-limit, limit], color=theme.text, linewidth=1.5, label="new layer")
    axes.set_ylim(0, HEADROOM * max(shares.max(), new_share))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.legend(frameon=False, labelcolor=theme.text, loc="upper right")
    return figure


def layer_curves(
    epochs: Sequence[int], values: np.ndarray, names: Sequence[str], theme: Theme, *, title: str, marked_epoch: int
) -> Figure:
    """A curve per layer over the epochs. ``values``: float (epochs, layers), shares. ``marked_epoch``: gets a line."""
    figure = new_figure(5, 3, theme)
    axes = figure.subplots()
    decorate(axes, theme, title=title, xlabel="Epoch")
    axes.axvline(marked_epoch, color=theme.faint, linewidth=4, zorder=0)
    colours = mpl.colormaps["viridis"](np.linspace(0.4, 0.85, len(names)))
    for curve, name, colour in zip(values.T, names, colours, strict=True):
        axes.plot(epochs, curve, color=colour, linewidth=2, marker="o", markersize=5, label=name)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.legend(frameon=False, labelcolor=theme.text)
    return figure
