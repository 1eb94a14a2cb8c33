"""Tests of the figure of the activation functions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mnist_core.activations import ACTIVATIONS
from mnist_core.figures.activation_functions import SATURATION, activation_figure
from mnist_core.figures.style import DARK, LIGHT, Theme


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
