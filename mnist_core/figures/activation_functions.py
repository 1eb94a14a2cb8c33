"""Figures of the activation functions with their derivatives."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
