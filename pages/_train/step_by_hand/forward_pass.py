"""One step by hand, there: from the digit to the loss, each step with the actual numbers put in."""

import numpy as np
import pandas as pd
import streamlit as st

from mnist_core.figures.architecture import ACTIVATION_NAMES
from mnist_core.runs.activations import ACTIVATIONS
from mnist_core.runs.backprop import cross_entropy
from pages._train.step_by_hand.traced_weight import Followed, factor, show_formula, tex

TERMS = 3  # of a sum are written out: the weight followed, and the largest others
FORMULAS = {
    "relu": r"\max(0,\; {z})",
    "sigmoid": r"\frac{{1}}{{1 + e^{{-({z})}}}}",
    "tanh": r"\tanh({z})",
    "gelu": r"{z} \cdot \Phi({z})",
}
IN_WORDS = {
    "relu": "ReLU passes on what is positive, and 0 for the rest.",
    "sigmoid": "The sigmoid squeezes any sum to between 0 and 1.",
    "tanh": "Tanh squeezes any sum to between −1 and 1.",
    "gelu": "GELU multiplies the sum by the share Φ of a normal distribution that lies below it.",
}


def show_forward(way: Followed) -> None:
    """Steps 1 to 5."""
    _show_input(way)
    _show_sum(way)
    _show_activation(way)
    _show_softmax(way)
    _show_loss(way)


def _show_input(way: Followed) -> None:
    st.markdown("##### 1 · What comes in")
    x, i = way.entering[way.source], way.source
    if way.layer:
        st.write(
            f"Hidden layer {way.layer} passes on {len(way.entering)} numbers, {np.count_nonzero(way.entering)} of them "
            f"not 0. Unit {i} passes on:"
        )
        show_formula(f"x_{{{i}}} &= {tex(x)}")
        return
    row, column = divmod(i, 28)
    pixel = way.digit[row, column]
    scaled = way.snapshot.model.scaling
    st.write(
        f"The digit is 784 numbers, {np.count_nonzero(way.entering)} of them not 0. Pixel {i}, in row {row} and column "
        f"{column}, has {pixel} of 255 ink" + (", and the network divides it by 255." if scaled else ".")
    )
    show_formula(rf"x_{{{i}}} &= \frac{{{pixel}}}{{255}} = {tex(x)}" if scaled else f"x_{{{i}}} &= {pixel}")


def _show_sum(way: Followed) -> None:
    st.markdown("##### 2 · The weighted sum")
    layer, unit = way.snapshot.layers[way.layer], way.unit
    weights = layer.kernel[:, unit]
    terms = way.entering * weights
    largest = [i for i in np.argsort(-np.abs(terms), kind="stable") if i != way.source][: TERMS - 1]
    written = [rf"{factor(weights[i])} \cdot {factor(way.entering[i])}" for i in (way.source, *largest)]
    left = np.count_nonzero(np.delete(terms, [way.source, *largest]))
    st.write(
        f"{_unit(way)} multiplies each input by its weight and adds them all up, and its bias. Here are the weight "
        f"that we follow, the two other largest terms, and the rest in one number:"
    )
    rest = way.sum - layer.bias[unit] - terms[[way.source, *largest]].sum()
    show_formula(
        rf"z_{{{unit}}} &= b_{{{unit}}} + \textstyle\sum_i w_{{i,{unit}}}\, x_i",
        rf"&= \underbrace{{{tex(layer.bias[unit])}}}_{{\text{{bias}}}} + {written[0]}",
        *(f"&+ {term}" for term in written[1:]),
        rf"&+ \underbrace{{{factor(rest)}}}_{{\text{{{left} more}}}} = {tex(way.sum)}",
    )


def _unit(way: Followed) -> str:
    return (
        f"The output unit of digit {way.unit}" if way.is_output else f"Unit {way.unit} of hidden layer {way.layer + 1}"
    )


def _show_activation(way: Followed) -> None:
    activation = way.snapshot.model.activation
    if way.is_output:
        st.markdown("##### 3 · No activation")
        st.write("The output layer passes its ten sums on as they are. They are called logits.")
        return
    st.markdown(f"##### 3 · {ACTIVATION_NAMES.get(activation, activation)}")
    output = float(ACTIVATIONS[activation].function(np.float64(way.sum)))
    st.write(IN_WORDS[activation])
    show_formula(f"a_{{{way.unit}}} &= {FORMULAS[activation].format(z=tex(way.sum))} = {tex(output)}")


def _show_softmax(way: Followed) -> None:
    softmax = way.passed.softmax
    st.markdown("##### 4 · Softmax")
    st.write(
        "All units of all layers do the same. At the end there are ten logits z, one for each digit. Softmax subtracts "
        "the largest from each, raises e to it, and divides by the total. So the ten add up to 1."
    )
    steps = {
        "Digit": range(10),
        "z": softmax.logits,
        "z − largest": softmax.shifted,
        "e to that": softmax.powers,
        "p": softmax.probabilities,
        "target t": way.wanted,
    }
    table = pd.DataFrame(steps)
    columns = {name: st.column_config.NumberColumn(format="%.5g") for name in steps if name != "Digit"}
    st.dataframe(table, hide_index=True, column_config=columns, height="content")
    k = way.label
    show_formula(
        rf"p_{{{k}}} &= \frac{{e^{{{tex(softmax.shifted[k])}}}}}{{\sum e}} "
        rf"= \frac{{{tex(softmax.powers[k])}}}{{{tex(softmax.total)}}} = {tex(softmax.probabilities[k])}"
    )


def _show_loss(way: Followed) -> None:
    st.markdown("##### 5 · The loss")
    softmax, k = way.passed.softmax, way.label
    loss = cross_entropy(softmax, way.wanted)
    if way.wanted[k] == 1:
        st.write(f"The label is {k}. The loss is minus the logarithm of the probability that the {k} was given.")
        show_formula(rf"L &= -\ln p_{{{k}}} = -\ln {factor(softmax.probabilities[k])} = {tex(loss)}")
        return
    st.write(
        f"The label is {k}. Label smoothing wants a little for the nine others too, so each digit's logarithm counts "
        "with its target."
    )
    others = loss + way.wanted[k] * softmax.logarithms[k]
    show_formula(
        r"L &= -\textstyle\sum_k t_k \ln p_k",
        rf"&= -{tex(way.wanted[k])} \ln {factor(softmax.probabilities[k])} + "
        rf"\underbrace{{{tex(others)}}}_{{\text{{nine others}}}} = {tex(loss)}",
    )
