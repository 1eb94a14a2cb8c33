"""Figures of the activation functions with their derivatives, and of learning curves."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mnist_core.activations import ACTIVATIONS, Activation
from mnist_core.figures.colours import TEST_COLOUR, TRAIN_COLOUR
from mnist_core.figures.style import LIGHT, Theme, decorate, new_figure

SATURATION = 4.0  # beyond it the sigmoid's slope is below 0.018, 1/14 of its maximum; for tanh the half


def activation_figure(*, theme: Theme = LIGHT) -> Figure:
    """Plots of ReLU, sigmoid, GELU and tanh, with dashed derivatives and shaded saturated ranges."""
    figure = new_figure(5.4, 5.2, theme)
    (upper_left, upper_right), (lower_left, lower_right) = figure.subplots(2, 2, width_ratios=(1, 1.4))
    _draw_function(upper_left, theme, "ReLU", ACTIVATIONS["relu"], limit=3)
    _shade_range(upper_left, theme, "off:\nslope 0", -3, 0, height=1.6)
    upper_left.text(2.9, 0.7, "slope 1", color=theme.text, ha="right", fontsize=9)
    _draw_function(upper_right, theme, "Sigmoid", ACTIVATIONS["sigmoid"], limit=10)
    _draw_function(lower_left, theme, "GELU", ACTIVATIONS["gelu"], limit=3)
    _draw_function(lower_right, theme, "Tanh", ACTIVATIONS["tanh"], limit=5)
    for axes, limit, start, height in ((upper_right, 10, SATURATION, 0.5), (lower_right, 5, SATURATION / 2, -0.7)):
        _shade_range(axes, theme, "saturated:\nslope ≈ 0", -limit, -start, height=height)
        _shade_range(axes, theme, "saturated:\nslope ≈ 0", start, limit, height=height)
    handles, labels = upper_left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, labelcolor=theme.text)
    return figure


def _draw_function(axes: Axes, theme: Theme, title: str, activation: Activation, *, limit: float) -> None:
    x = np.linspace(-limit, limit, 801)
    decorate(axes, theme, title=title, xlabel="Input")
    axes.plot(x, activation.function(x), color=TRAIN_COLOUR, linewidth=2, label="Output")
    axes.plot(x, activation.slope(x), color=TEST_COLOUR, linewidth=2, linestyle="--", label="Slope")
    axes.set_xlim(-limit, limit)


def _shade_range(axes: Axes, theme: Theme, text: str, start: float, end: float, *, height: float) -> None:
    """Shade the inputs from ``start`` to ``end`` and label them with ``text``."""
    axes.axvspan(start, end, color=theme.faint, alpha=0.5, linewidth=0)
    axes.text((start + end) / 2, height, text, color=theme.text, ha="center", fontsize=9)


def training_curves(epochs: dict[str, np.ndarray], *, validation: str = "Test", theme: Theme = LIGHT) -> Figure:
    """Learning curves: accuracy above, loss below, of the training and the validation digits after each epoch.

    ``epochs``: float64 columns (epochs,) as in ``RunView.epochs``; epoch, accuracy, loss (in nats), val_accuracy and
    val_loss are shown; may be empty. ``validation``: the legend's name of the validation digits.
    """
    figure = new_figure(5.2, 5.4, theme)
    top, bottom = figure.subplots(2, 1, sharex=True)
    decorate(top, theme, title="Accuracy")
    decorate(bottom, theme, title="Loss", xlabel="Epoch")
    for axes, metric in ((top, "accuracy"), (bottom, "loss")):
        _draw_history(axes, epochs, metric, validation, theme)
    return figure


def _draw_history(axes: Axes, epochs: dict[str, np.ndarray], metric: str, validation: str, theme: Theme) -> None:
    epoch_numbers = epochs["epoch"]
    style = {"linewidth": 2, "marker": "o", "markersize": 4 if len(epoch_numbers) < 40 else 0}
    axes.plot(epoch_numbers, epochs[metric], color=TRAIN_COLOUR, label="Train", **style)
    axes.plot(epoch_numbers, epochs[f"val_{metric}"], color=TEST_COLOUR, label=validation, **style)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=(1, 2, 5, 10)))
    if len(epoch_numbers) < 2:
        epoch = epoch_numbers[0] if len(epoch_numbers) else 1
        axes.set_xlim(epoch - 0.5, epoch + 0.5)
    if not len(epoch_numbers):
        axes.text(0.5, 0.5, "No epoch has ended yet", transform=axes.transAxes, ha="center", color=theme.text)
        axes.set_yticks([])
        return
    axes.legend(frameon=False, labelcolor=theme.text)
