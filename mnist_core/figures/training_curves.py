"""The figure of a training's accuracy and loss over its epochs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mnist_core.figures.colours import TEST_COLOUR, TRAIN_COLOUR
from mnist_core.figures.style import LIGHT, Theme, decorate, new_figure


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
    size = 4 if len(epoch_numbers) < 40 else 0
    curves = (epochs[metric], TRAIN_COLOUR, "Train"), (epochs[f"val_{metric}"], TEST_COLOUR, validation)
    for values, colour, label in curves:
        axes.plot(epoch_numbers, values, color=colour, label=label, linewidth=2, marker="o", markersize=size)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=(1, 2, 5, 10)))
    if len(epoch_numbers) < 2:
        epoch = epoch_numbers[0] if len(epoch_numbers) else 1
        axes.set_xlim(epoch - 0.5, epoch + 0.5)
    if not len(epoch_numbers):
        axes.text(0.5, 0.5, "No epoch has ended yet", transform=axes.transAxes, ha="center", color=theme.text)
        axes.set_yticks([])
        return
    axes.legend(frameon=False, labelcolor=theme.text)
