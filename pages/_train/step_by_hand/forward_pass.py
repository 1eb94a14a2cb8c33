"""One step by hand, forward pass: from the digit to the loss, each formula with its actual numbers."""

import numpy as np
import pandas as pd
import streamlit as st

from mnist_core.activations import ACTIVATIONS
from mnist_core.figures.architecture import ACTIVATION_NAMES
from mnist_core.runs.backprop import cross_entropy
from pages._train.step_by_hand.traced_weight import TracedWeight, factor, show_formula, tex

MAX_TERMS = 3  # of a sum, which are written out: that of the traced weight, and the largest others
FORMULAS = {
    "relu": r"\max(0,\; {z})",
    "sigmoid": r"\frac{{1}}{{1 + e^{{-({z})}}}}",
    "tanh": r"\tanh({z})",
    "gelu": r"{z} \cdot \Phi({z})",
}
DESCRIPTIONS = {
    "relu": "ReLU passes on what is positive, and 0 for the rest.",
    "sigmoid": "The sigmoid squeezes any sum to between 0 and 1.",
    "tanh": "Tanh squeezes any sum to between −1 and 1.",
    "gelu": "GELU multiplies the sum by the share Φ of a normal distribution that lies below it.",
}


def show_forward(trace: TracedWeight) -> None:
    """Show steps 1 to 5."""
    _show_input(trace)
    _show_sum(trace)
    _show_activation(trace)
    _show_softmax(trace)
    _show_loss(trace)


def _show_input(trace: TracedWeight) -> None:
    st.markdown("##### 1 · What comes in")
    x, i = trace.inputs[trace.source], trace.source
    if trace.layer:
        st.write(
            f"Hidden layer {trace.layer} passes on {len(trace.inputs)} numbers, {np.count_nonzero(trace.inputs)} of "
            f"them not 0. Unit {i} passes on:"
        )
        show_formula(f"x_{{{i}}} &= {tex(x)}")
        return
    row, column = divmod(i, 28)
    pixel = trace.digit[row, column]
    scaled = trace.snapshot.model.scaling
    st.write(
        f"The digit is 784 numbers, {np.count_nonzero(trace.inputs)} of them not 0. Pixel {i}, in row {row} and column "
        f"{column}, has {pixel} of 255 ink" + (", and the network divides it by 255." if scaled else ".")
    )
    show_formula(rf"x_{{{i}}} &= \frac{{{pixel}}}{{255}} = {tex(x)}" if scaled else f"x_{{{i}}} &= {pixel}")


def _show_sum(trace: TracedWeight) -> None:
    st.markdown("##### 2 · The weighted sum")
    layer, unit = trace.snapshot.layers[trace.layer], trace.unit
    weights = layer.kernel[:, unit]
    terms = trace.inputs * weights
    largest = [i for i in np.argsort(-np.abs(terms), kind="stable") if i != trace.source][: MAX_TERMS - 1]
    written = [rf"{factor(weights[i])} \cdot {factor(trace.inputs[i])}" for i in (trace.source, *largest)]
    omitted_count = np.count_nonzero(np.delete(terms, [trace.source, *largest]))
    st.write(
        f"{_unit(trace)} multiplies each input by its weight and adds them all up, and its bias. Here are the weight "
        f"that we follow, the two other largest terms, and the rest in one number:"
    )
    omitted_sum = trace.sum - layer.bias[unit] - terms[[trace.source, *largest]].sum()
    show_formula(
        rf"z_{{{unit}}} &= b_{{{unit}}} + \textstyle\sum_i w_{{i,{unit}}}\, x_i",
        rf"&= \underbrace{{{tex(layer.bias[unit])}}}_{{\text{{bias}}}} + {written[0]}",
        *(f"&+ {term}" for term in written[1:]),
        rf"&+ \underbrace{{{factor(omitted_sum)}}}_{{\text{{{omitted_count} more}}}} = {tex(trace.sum)}",
    )


def _unit(trace: TracedWeight) -> str:
    return (
        f"The output unit of digit {trace.unit}"
        if trace.is_output
        else f"Unit {trace.unit} of hidden layer {trace.layer + 1}"
    )


def _show_activation(trace: TracedWeight) -> None:
    activation = trace.snapshot.model.activation
    if trace.is_output:
        st.markdown("##### 3 · No activation")
        st.write("The output layer passes its ten sums on as they are. They are called logits.")
        return
    st.markdown(f"##### 3 · {ACTIVATION_NAMES.get(activation, activation)}")
    output = float(ACTIVATIONS[activation].function(np.array(trace.sum)))
    st.write(DESCRIPTIONS[activation])
    show_formula(f"a_{{{trace.unit}}} &= {FORMULAS[activation].format(z=tex(trace.sum))} = {tex(output)}")


def _show_softmax(trace: TracedWeight) -> None:
    softmax = trace.forward.softmax
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
        "target t": trace.targets,
    }
    table = pd.DataFrame(steps)
    columns = {name: st.column_config.NumberColumn(format="%.5g") for name in steps if name != "Digit"}
    st.dataframe(table, hide_index=True, column_config=columns, height="content")
    k = trace.label
    show_formula(
        rf"p_{{{k}}} &= \frac{{e^{{{tex(softmax.shifted[k])}}}}}{{\sum e}} "
        rf"= \frac{{{tex(softmax.powers[k])}}}{{{tex(softmax.total)}}} = {tex(softmax.probabilities[k])}"
    )


def _show_loss(trace: TracedWeight) -> None:
    st.markdown("##### 5 · The loss")
    softmax, k = trace.forward.softmax, trace.label
    loss = cross_entropy(softmax, trace.targets)
    if trace.targets[k] == 1:
        st.write(f"The label is {k}. The loss is minus the logarithm of the probability that the {k} was given.")
        show_formula(rf"L &= -\ln p_{{{k}}} = -\ln {factor(softmax.probabilities[k])} = {tex(loss)}")
        return
    st.write(
        f"The label is {k}. Label smoothing wants a little for the nine others too, so each digit's logarithm counts "
        "with its target."
    )
    others = loss + trace.targets[k] * softmax.log_probabilities[k]
    show_formula(
        r"L &= -\textstyle\sum_k t_k \ln p_k",
        rf"&= -{tex(trace.targets[k])} \ln {factor(softmax.probabilities[k])} + "
        rf"\underbrace{{{tex(others)}}}_{{\text{{nine others}}}} = {tex(loss)}",
    )
