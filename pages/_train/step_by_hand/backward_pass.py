"""One step by hand, back: from the loss to the gradient of a weight, and what Adam makes of it."""

import numpy as np
import streamlit as st

from mnist_core.runs.activations import ACTIVATIONS
from mnist_core.runs.backprop import BETA_1, BETA_2, EPSILON, adam, after_first_step, cross_entropy, forward, gradients
from pages._train.step_by_hand.traced_weight import Followed, factor, show_formula, tex

TERMS = 3  # of a sum are written out, the largest
NEARLY = 0.9  # of the learning rate: what counts as about the learning rate


def show_backward(way: Followed) -> None:
    """Steps 6 to 9."""
    _show_slope(way)
    _show_gradient(way)
    _show_adam(way)
    _show_all_weights(way)


def _show_slope(way: Followed) -> None:
    st.markdown("##### 6 · Back to the unit")
    j, p, t = way.unit, way.passed.softmax.probabilities, way.wanted
    name = rf"\frac{{\partial L}}{{\partial z_{{{j}}}}}"
    if way.is_output:
        st.write("How does the loss change with this sum? For softmax with this loss the answer is short: p − t.")
        show_formula(f"{name} &= p_{{{j}}} - t_{{{j}}} = {tex(p[j])} - {tex(t[j])} = {tex(way.slope)}")
        return
    activation = way.snapshot.model.activation
    own = float(ACTIVATIONS[activation].slope(np.float64(way.sum)))
    fed = way.snapshot.layers[way.layer + 1].kernel[j]
    back = way.slopes[way.layer + 1]
    terms = fed * back
    largest = np.argsort(-np.abs(terms), kind="stable")[:TERMS]
    written = [rf"{factor(fed[k])} \cdot {factor(back[k])}" for k in largest]
    st.write(
        f"The unit feeds {len(fed)} units of the next layer. Each sends back the slope of the loss along its own sum, "
        "times the weight between the two. Their sum, times the slope of the unit's own activation, is what "
        "arrives. The three largest terms:"
    )
    show_formula(
        rf"{name} &= f'(z_{{{j}}}) \cdot \textstyle\sum_k w_{{{j},k}} \frac{{\partial L}}{{\partial z_k}}",
        rf"&= {tex(own)} \cdot \big( {written[0]}",
        *(rf"&\quad + {term}" for term in written[1:]),
        rf"&\quad + \underbrace{{{factor(terms.sum() - terms[largest].sum())}}}_{{\text{{{len(fed) - TERMS} more}}}} "
        rf"\big) = {tex(way.slope)}",
    )
    if not way.slope:
        st.caption("The activation is flat there: nothing comes through to the weights of this unit.")


def _show_gradient(way: Followed) -> None:
    st.markdown("##### 7 · The gradient of the weight")
    i, j = way.source, way.unit
    st.write("The weight's share in it is what it was multiplied by.")
    show_formula(
        rf"g = \frac{{\partial L}}{{\partial w_{{{i},{j}}}}} "
        rf"&= x_{{{i}}} \cdot \frac{{\partial L}}{{\partial z_{{{j}}}}}",
        rf"&= {factor(way.entering[i])} \cdot {factor(way.slope)}",
        f"&= {tex(way.gradient)}",
    )


def _show_adam(way: Followed) -> None:
    st.markdown("##### 8 · One step of Adam")
    step = adam(way.weight, way.gradient, rate=way.training.learning_rate)
    change = step.after - way.weight
    st.write(
        "Adam keeps two averages for each weight: m of its gradients, v of their squares. Here they start at 0, as at "
        "the very first step of a training; the rate α makes up for that."
    )
    g, rate = factor(way.gradient), way.training.learning_rate
    show_formula(
        rf"m &= {BETA_1} \cdot 0 + {1 - BETA_1:.1f} \cdot {g}",
        f"&= {tex(step.mean)}",
        rf"v &= {BETA_2} \cdot 0 + {1 - BETA_2:.3f} \cdot {g}^2",
        f"&= {tex(step.square)}",
        rf"\alpha &= {tex(rate)} \cdot \frac{{\sqrt{{1 - {BETA_2}}}}}{{1 - {BETA_1}}} = {tex(step.rate)}",
        rf"w &\leftarrow w - \alpha \cdot \frac{{m}}{{\sqrt{{v}} + {tex(EPSILON)}}}",
        f"&= {tex(way.weight, 6)}",
        rf"&\quad - {factor(step.rate)} \cdot "
        rf"\frac{{{tex(step.mean)}}}{{{tex(np.sqrt(step.square))} + {tex(EPSILON)}}}",
        f"&= {tex(step.after, 6)}",
    )
    before, after = st.columns(2)
    before.metric("The weight before", f"{way.weight:.6g}")
    after.metric("after", f"{step.after:.6g}", f"{change:.3g}", delta_color="off")
    if not way.gradient:
        st.caption("The gradient is 0, so the weight stays.")
    elif abs(change) > NEARLY * rate:
        st.caption(
            "At a first step m and √v grow alike with the gradient, so the change is about the learning rate. "
            "Only the gradient's sign counts."
        )
    else:
        st.caption("The gradient is so small that the constant beside √v counts: the change is less than usual.")


def _show_all_weights(way: Followed) -> None:
    model = way.snapshot.model
    st.markdown("##### 9 · All weights at once")
    st.write(
        f"Do the same for all {model.parameters:,} weights and biases, show the network the digit again, and see what "
        "it has learned from this one step."
    )
    stepped = after_first_step(way.snapshot, gradients(way.passed, way.slopes), rate=way.training.learning_rate)
    again = forward(stepped, way.digit).softmax
    once = way.passed.softmax
    loss, probability = st.columns(2)
    new_loss = cross_entropy(again, way.wanted)
    loss.metric(
        "Loss",
        f"{new_loss:.5g}",
        f"{new_loss - cross_entropy(once, way.wanted):.3g}",
        delta_color="inverse",
    )
    k = way.label
    probability.metric(
        f"Probability of the {k}",
        f"{again.probabilities[k]:.6g}",
        f"{again.probabilities[k] - once.probabilities[k]:.3g}",
    )
