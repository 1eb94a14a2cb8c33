"""Curves: the activation functions with their slopes, and how a training went."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mnist_core.figures.colours import TEST_COLOUR, TRAIN_COLOUR
from mnist_core.figures.style import LIGHT, Theme, decorate, new_figure

SATURATED = 4.0  # beyond this input the sigmoid's slope is below 0.018, a fourteenth of its largest, 0.25


def relu(x: np.ndarray) -> np.ndarray:
    """max(0, x), float of any shape."""
    return np.maximum(x, 0)


def relu_slope(x: np.ndarray) -> np.ndarray:
    """The derivative of ``relu``: 0 below zero, 1 above; 0 at zero itself, where there is none."""
    return (x > 0).astype(float)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), float of any shape, in 0..1; written with tanh, which no input can overflow."""
    return (1 + np.tanh(x / 2)) / 2


def sigmoid_slope(x: np.ndarray) -> np.ndarray:
    """The derivative of ``sigmoid``, s(1 - s): at most 0.25, at x = 0."""
    return sigmoid(x) * (1 - sigmoid(x))


def activation_figure(*, theme: Theme = LIGHT) -> Figure:
    """ReLU and sigmoid side by side with their slopes dashed, the sigmoid's saturated ends shaded."""
    figure = new_figure(5.4, 3.1, theme)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.4))
    _draw_relu(left, theme)
    _draw_sigmoid(right, theme)
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, labelcolor=theme.text)
    return figure


def _draw_relu(axes: Axes, theme: Theme) -> None:
    x = np.linspace(-3, 3, 601)
    decorate(axes, theme, title="ReLU", xlabel="Input")
    axes.plot(x, relu(x), color=TRAIN_COLOUR, linewidth=2, label="Output")
    axes.plot(x, relu_slope(x), color=TEST_COLOUR, linewidth=2, linestyle="--", label="Slope")
    axes.axvspan(-3, 0, color=theme.faint, alpha=0.5, linewidth=0)
    axes.text(-1.5, 1.6, "off:\nslope 0", color=theme.text, ha="center", fontsize=9)
    axes.text(2.9, 0.7, "slope 1", color=theme.text, ha="right", fontsize=9)
    axes.set_xlim(-3, 3)


def _draw_sigmoid(axes: Axes, theme: Theme) -> None:
    x = np.linspace(-10, 10, 801)
    decorate(axes, theme, title="Sigmoid", xlabel="Input")
    axes.plot(x, sigmoid(x), color=TRAIN_COLOUR, linewidth=2)
    axes.plot(x, sigmoid_slope(x), color=TEST_COLOUR, linewidth=2, linestyle="--")
    for start, end in ((-10, -SATURATED), (SATURATED, 10)):
        axes.axvspan(start, end, color=theme.faint, alpha=0.5, linewidth=0)
        axes.text((start + end) / 2, 0.5, "saturated:\nslope ≈ 0", color=theme.text, ha="center", fontsize=9)
    axes.set_xlim(-10, 10)


def training_curves(epochs: dict[str, np.ndarray], *, validation: str = "Test", theme: Theme = LIGHT) -> Figure:
    """The walk-through's figure: accuracy above, loss below, for train and test after each epoch.

    ``epochs``: float64 columns (epochs so far,) as ``Run.epochs`` has them, of which epoch, accuracy and loss (in
    nats), val_accuracy and val_loss are shown; there may be one epoch or none. ``validation`` names the digits that
    the latter two are of.
    """
    figure = new_figure(5.2, 5.4, theme)
    top, bottom = figure.subplots(2, 1, sharex=True)
    decorate(top, theme, title="Accuracy")
    decorate(bottom, theme, title="Loss", xlabel="Epoch")
    for axes, metric in ((top, "accuracy"), (bottom, "loss")):
        _draw_history(axes, epochs, metric, validation, theme)
    return figure


def _draw_history(axes: Axes, epochs: dict[str, np.ndarray], metric: str, validation: str, theme: Theme) -> None:
    number = epochs["epoch"]
    style = {"linewidth": 2, "marker": "o", "markersize": 4 if len(number) < 40 else 0}
    axes.plot(number, epochs[metric], color=TRAIN_COLOUR, label="Train", **style)
    axes.plot(number, epochs[f"val_{metric}"], color=TEST_COLOUR, label=validation, **style)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=(1, 2, 5, 10)))
    if len(number) < 2:
        only = number[0] if len(number) else 1
        axes.set_xlim(only - 0.5, only + 0.5)
    if not len(number):
        axes.text(0.5, 0.5, "No epoch has ended yet", transform=axes.transAxes, ha="center", color=theme.text)
        axes.set_yticks([])
        return
    axes.legend(frameon=False, labelcolor=theme.text)
