"""Tests of the figure of a training's accuracy and loss."""

import numpy as np
import pytest

from mnist_core.figures.style import DARK, LIGHT, Theme
from mnist_core.figures.training_curves import training_curves

COLUMNS = ("epoch", "seconds", "loss", "accuracy", "val_loss", "val_accuracy")


def history(epochs: int) -> dict[str, np.ndarray]:
    number = np.arange(1.0, epochs + 1)
    return {column: number if column == "epoch" else 1 / (number + len(column)) for column in COLUMNS}


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("epochs", [1, 2, 20, 200])
def test_training_curves_show_every_epoch_and_whole_number_ticks(epochs: int, theme: Theme) -> None:
    figure = training_curves(history(epochs), theme=theme)
    figure.draw_without_rendering()
    assert [axes.get_title() for axes in figure.axes] == ["Accuracy", "Loss"]
    for axes in figure.axes:
        assert [len(line.get_xdata()) for line in axes.lines] == [epochs, epochs]
        low, high = axes.get_xlim()
        ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
        assert ticks
        assert all(tick == round(tick) for tick in ticks)


def test_the_legend_of_training_curves_names_the_validation_split() -> None:
    figure = training_curves(history(3), validation="Validation")
    for axes in figure.axes:
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["Train", "Validation"]


def test_training_curves_without_epochs_show_a_notice() -> None:
    figure = training_curves(history(0))
    figure.draw_without_rendering()
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["No epoch has ended yet"] * 2
