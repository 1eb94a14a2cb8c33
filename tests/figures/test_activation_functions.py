"""Tests of the figures of activation functions and of learning curves."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mnist_core.activations import ACTIVATIONS
from mnist_core.figures.activation_functions import SATURATION, activation_figure, training_curves
from mnist_core.figures.style import DARK, LIGHT, Theme

COLUMNS = ("epoch", "seconds", "loss", "accuracy", "val_loss", "val_accuracy")


def history(epochs: int) -> dict[str, np.ndarray]:
    number = np.arange(1.0, epochs + 1)
    return {column: number if column == "epoch" else 1 / (number + len(column)) for column in COLUMNS}


def test_a_saturated_sigmoid_has_almost_no_slope() -> None:
    assert ACTIVATIONS["sigmoid"].slope(np.array([0.0, SATURATION])) == pytest.approx([0.25, 0.0177], abs=1e-4)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_activation_figure_shows_all_activations(theme: Theme) -> None:
    figure = activation_figure(theme=theme)
    figure.draw_without_rendering()
    assert [axes.get_title() for axes in figure.axes] == ["ReLU", "Sigmoid", "GELU", "Tanh"]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_drawn_function_and_slope_are_those_of_keras(keras, name: str) -> None:
    import tensorflow as tf
    from keras import activations

    (axes,) = [axes for axes in activation_figure().axes if axes.get_title().lower() == name]
    output, slope = axes.lines
    x = tf.constant(output.get_xdata())
    with tf.GradientTape() as tape:
        tape.watch(x)
        expected = activations.get(name)(x)
    assert_allclose(output.get_ydata(), expected, atol=1e-6)
    assert_allclose(slope.get_ydata(), tape.gradient(expected, x), atol=1e-6)


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
