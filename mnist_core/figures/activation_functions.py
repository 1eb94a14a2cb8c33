"""Curves: the activation functions with their slopes, and how a training went."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mnist_core.figures.colours import TEST_COLOUR, TRAIN_COLOUR
from mnist_core.figures.style import LIGHT, Theme, decorate, new_figure

SATURATED = 4.0  # beyond this input the sigmoid's slope is below 0.018, a fourteenth of its largest; tanh's at half


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


def tanh_slope(x: np.ndarray) -> np.ndarray:
    """The derivative of tanh, 1 - tanh²: at most 1, at x = 0."""
    return 1 - np.tanh(x) ** 2


def gelu(x: np.ndarray) -> np.ndarray:
    """x times the share of a normal distribution below x, in the approximation of Hendrycks and Gimpel (2016)."""
    return x * sigmoid(2 * _bent(x))


def gelu_slope(x: np.ndarray) -> np.ndarray:
    """The derivative of ``gelu``: about 0 far below zero, a little below it in between, about 1 far above."""
    bend = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
    return sigmoid(2 * _bent(x)) + 2 * x * bend * sigmoid_slope(2 * _bent(x))


def _bent(x: np.ndarray) -> np.ndarray:
    return np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)


def activation_figure(*, theme: Theme = LIGHT) -> Figure:
    """ReLU and sigmoid above GELU and tanh, with their slopes dashed and their saturated ends shaded."""
    figure = new_figure(5.4, 5.2, theme)
    (upper_left, upper_right), (lower_left, lower_right) = figure.subplots(2, 2, width_ratios=(1, 1.4))
    _draw_function(upper_left, theme, "ReLU", relu, relu_slope, reach=3)
    _note(upper_left, theme, "off:\nslope 0", -3, 0, height=1.6)
    upper_left.text(2.9, 0.7, "slope 1", color=theme.text, ha="right", fontsize=9)
    _draw_function(upper_right, theme, "Sigmoid", sigmoid, sigmoid_slope, reach=10)
    _draw_function(lower_left, theme, "GELU", gelu, gelu_slope, reach=3)
    _draw_function(lower_right, theme, "Tanh", np.tanh, tanh_slope, reach=5)
    for axes, reach, start, height in ((upper_right, 10, SATURATED, 0.5), (lower_right, 5, SATURATED / 2, -0.7)):
        _note(axes, theme, "saturated:\nslope ≈ 0", -reach, -start, height=height)
        _note(axes, theme, "saturated:\nslope ≈ 0", start, reach, height=height)
    handles, labels = upper_left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, labelcolor=theme.text)
    return figure


def _draw_function(
    axes: Axes,
    theme: Theme,
    title: str,
    function: Callable[[np.ndarray], np.ndarray],
    slope: Callable[[np.ndarray], np.ndarray],
    *,
    reach: float,
) -> None:
    x = np.linspace(-reach, reach, 801)
    decorate(axes, theme, title=title, xlabel="Input")
    axes.plot(x, function(x), color=TRAIN_COLOUR, linewidth=2, label="Output")
    axes.plot(x, slope(x), color=TEST_COLOUR, linewidth=2, linestyle="--", label="Slope")
    axes.set_xlim(-reach, reach)


def _note(axes: Axes, theme: Theme, text: str, start: float, end: float, *, height: float) -> None:
    """Shade the inputs from ``start`` to ``end`` and say what happens there."""
    axes.axvspan(start, end, color=theme.faint, alpha=0.5, linewidth=0)
    axes.text((start + end) / 2, height, text, color=theme.text, ha="center", fontsize=9)


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
