"""Weights as pictures: what a unit looks for, how a layer's weights are distributed, what changed over the epochs."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from mnist_core.figures.colours import AGAINST, FOR, TRAIN_COLOUR
from mnist_core.figures.style import Theme, decorate, new_figure

BARS = 60
REACH = 1.5  # of a histogram at least, in limits of new weights
INSIDE = 0.995  # of the weights lie between a histogram's edges
HEADROOM = 1.35  # of a histogram's highest bar, for the legend


def weight_images(kernel: np.ndarray, *, largest: float) -> np.ndarray:
    """Each unit's weights to the 784 pixels as a picture: uint8 (units, 28, 28, 3).

    ``kernel``: float (784, units). Black is 0, light blue a weight of ``largest`` or more, orange one of minus that.
    """
    weights = kernel.T.reshape(-1, 28, 28, 1)
    strength = np.minimum(np.abs(weights) / max(largest, 1e-9), 1)
    return (strength * np.where(weights > 0, FOR, AGAINST)).astype(np.uint8)


def weight_histogram(weights: np.ndarray, theme: Theme, *, limit: float, title: str, label: str) -> Figure:
    """What share of ``weights``, float of any shape, has which size, beside that of new ones. ``label`` names them.

    New weights are anywhere from minus ``limit`` to ``limit``, all alike. What lies beyond the edges counts there.
    """
    reach = max(REACH * limit, float(np.quantile(np.abs(weights), INSIDE)))
    edges = np.linspace(-reach, reach, BARS + 1)
    shares = np.histogram(np.clip(weights, edges[0], edges[-1]), edges)[0] / weights.size
    figure = new_figure(4.2, 2.7, theme)
    axes = figure.subplots()
    decorate(axes, theme, title=title, xlabel="Weight")
    axes.stairs(shares, edges, fill=True, color=TRAIN_COLOUR, label=label)
    even = (edges[1] - edges[0]) / (2 * limit)  # of new weights in each bar
    axes.stairs([even], [-limit, limit], color=theme.text, linewidth=1.5, label="new layer")
    axes.set_ylim(0, HEADROOM * max(shares.max(), even))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.legend(frameon=False, labelcolor=theme.text, loc="upper right")
    return figure


def layer_lines(
    epochs: Sequence[int], values: np.ndarray, names: Sequence[str], theme: Theme, *, title: str, at: int
) -> Figure:
    """A line for each layer over the epochs. ``values``: float (epochs, layers), shares. ``at``: a marked epoch."""
    figure = new_figure(5, 3, theme)
    axes = figure.subplots()
    decorate(axes, theme, title=title, xlabel="Epoch")
    axes.axvline(at, color=theme.faint, linewidth=4, zorder=0)
    colours = mpl.colormaps["viridis"](np.linspace(0.4, 0.85, len(names)))
    for line, name, colour in zip(values.T, names, colours, strict=True):
        axes.plot(epochs, line, color=colour, linewidth=2, marker="o", markersize=5, label=name)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.legend(frameon=False, labelcolor=theme.text)
    return figure
