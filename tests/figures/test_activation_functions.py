import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.figures.activation_functions import (
    SATURATION,
    activation_figure,
    gelu,
    gelu_slope,
    relu,
    relu_slope,
    sigmoid,
    sigmoid_slope,
    tanh_slope,
    training_curves,
)
from mnist_core.figures.style import DARK, LIGHT, Theme

COLUMNS = ("epoch", "seconds", "loss", "accuracy", "val_loss", "val_accuracy")


def history(epochs: int) -> dict[str, np.ndarray]:
    number = np.arange(1.0, epochs + 1)
    return {column: number if column == "epoch" else 1 / (number + len(column)) for column in COLUMNS}


@given(st.floats(-50, 50).filter(lambda x: abs(x) > 1e-3))
def test_slope_functions_are_the_derivatives(x: float) -> None:
    step = 1e-5
    pairs = ((relu, relu_slope), (sigmoid, sigmoid_slope), (np.tanh, tanh_slope), (gelu, gelu_slope))
    for function, slope in pairs:
        low, at, high = np.array([x - step, x, x + step])
        assert slope(at) == pytest.approx((function(high) - function(low)) / (2 * step), abs=1e-6)


def test_sigmoid_of_huge_inputs_does_not_overflow() -> None:
    with np.errstate(all="raise"):
        np.testing.assert_allclose(sigmoid(np.array([-1e6, 0.0, 1e6])), [0, 0.5, 1])


def test_a_saturated_sigmoid_has_almost_no_slope() -> None:
    assert sigmoid_slope(np.array(0.0)) == 0.25
    assert sigmoid_slope(np.array(SATURATION)) < 0.018


def test_gelu_is_close_to_x_times_the_normal_cdf() -> None:
    x = np.linspace(-5, 5, 101)
    exact = [value * (1 + math.erf(value / math.sqrt(2))) / 2 for value in x]
    np.testing.assert_allclose(gelu(x), exact, atol=1e-3)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_activation_figure_shows_all_activations(theme: Theme) -> None:
    figure = activation_figure(theme=theme)
    figure.draw_without_rendering()
    assert [axes.get_title() for axes in figure.axes] == ["ReLU", "Sigmoid", "GELU", "Tanh"]


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
