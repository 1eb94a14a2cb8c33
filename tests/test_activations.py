"""Tests of the activation functions and their derivatives; the figure's test compares them with those of Keras."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from mnist_core import config
from mnist_core.activations import ACTIVATIONS


def test_each_activation_of_the_form_has_a_function_and_a_slope():
    assert ACTIVATIONS.keys() == set(config.ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(x=st.floats(-50, 50).filter(lambda x: abs(x) > 1e-3))
def test_slopes_are_the_derivatives_of_the_functions(name: str, x: float) -> None:
    activation, step = ACTIVATIONS[name], 1e-5
    low, at, high = np.array([x - step, x, x + step])
    measured = (activation.function(high) - activation.function(low)) / (2 * step)
    assert activation.slope(at) == pytest.approx(measured, abs=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_largest_slope_is_about_max_slope(name: str) -> None:
    slopes = ACTIVATIONS[name].slope(np.linspace(-8, 8, 1601))
    assert slopes.max() == pytest.approx(ACTIVATIONS[name].max_slope, rel=0.15)  # of GELU it is 1.13


def test_sigmoid_of_huge_inputs_does_not_overflow() -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert_allclose(ACTIVATIONS["sigmoid"].function(np.array([-1e6, 0.0, 1e6])), [0, 0.5, 1])


def test_gelu_is_x_times_the_normal_distribution_function_and_no_approximation() -> None:
    x = np.linspace(-5, 5, 101)
    exact = [value * (1 + math.erf(value / math.sqrt(2))) / 2 for value in x]
    assert_allclose(ACTIVATIONS["gelu"].function(x), exact, atol=1e-12)
