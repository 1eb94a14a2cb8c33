"""One step by hand, backward pass: from the loss to the gradient of a weight, and Adam's update."""

import numpy as np
import streamlit as st

from mnist_core.activations import ACTIVATIONS
from mnist_core.runs.backprop import BETA_1, BETA_2, EPSILON, adam, after_first_step, cross_entropy, forward, gradients
from pages._train.step_by_hand.traced_weight import TracedWeight, factor, show_formula, tex

MAX_TERMS = 3  # the largest terms of a sum, which are written out
NEAR_RATE_RATIO = 0.9  # of the learning rate; a larger change is described as about the learning rate


def show_backward(trace: TracedWeight) -> None:
    """Show steps 6 to 9."""
    _show_slope(trace)
    _show_gradient(trace)
    _show_adam(trace)
    _show_all_weights(trace)


def _show_slope(trace: TracedWeight) -> None:
    st.markdown("##### 6 · Back to the unit")
    j, p, t = trace.unit, trace.forward.softmax.probabilities, trace.targets
    name = rf"\frac{{\partial L}}{{\partial z_{{{j}}}}}"
    if trace.is_output:
        st.write("How does the loss change with this sum? For softmax with this loss the answer is short: p − t.")
        show_formula(f"{name} &= p_{{{j}}} - t_{{{j}}} = {tex(p[j])} - {tex(t[j])} = {tex(trace.slope)}")
        return
    activation = trace.snapshot.model.activation
    activation_slope = float(ACTIVATIONS[activation].slope(np.array(trace.sum)))
    weights = trace.snapshot.layers[trace.layer + 1].kernel[j]
    next_slopes = trace.slopes[trace.layer + 1]
    terms = weights * next_slopes
    largest = np.argsort(-np.abs(terms), kind="stable")[:MAX_TERMS]
    written = [rf"{factor(weights[k])} \cdot {factor(next_slopes[k])}" for k in largest]
    st.write(
        f"The unit feeds {len(weights)} units of the next layer. Each sends back the slope of the loss along its own "
        "sum, times the weight between the two. Their sum, times the slope of the unit's own activation, is what "
        "arrives. The three largest terms:"
    )
    show_formula(
        rf"{name} &= f'(z_{{{j}}}) \cdot \textstyle\sum_k w_{{{j},k}} \frac{{\partial L}}{{\partial z_k}}",
        rf"&= {tex(activation_slope)} \cdot \big( {written[0]}",
        *(rf"&\quad + {term}" for term in written[1:]),
        rf"&\quad + \underbrace{{{factor(terms.sum() - terms[largest].sum())}}}_"
        rf"{{\text{{{len(weights) - MAX_TERMS} more}}}} \big) = {tex(trace.slope)}",
    )
    if not trace.slope:
        st.caption("The activation is flat there: nothing comes through to the weights of this unit.")


def _show_gradient(trace: TracedWeight) -> None:
    st.markdown("##### 7 · The gradient of the weight")
    i, j = trace.source, trace.unit
    st.write("The weight's share in it is what it was multiplied by.")
    show_formula(
        rf"g = \frac{{\partial L}}{{\partial w_{{{i},{j}}}}} "
        rf"&= x_{{{i}}} \cdot \frac{{\partial L}}{{\partial z_{{{j}}}}}",
        rf"&= {factor(trace.inputs[i])} \cdot {factor(trace.slope)}",
        f"&= {tex(trace.gradient)}",
    )


def _show_adam(trace: TracedWeight) -> None:
    st.markdown("##### 8 · One step of Adam")
    step = adam(np.array(trace.weight), np.array(trace.gradient), rate=trace.training.learning_rate)
    mean, square, after = float(step.mean), float(step.square), float(step.after)
    change = after - trace.weight
    st.write(
        "Adam keeps two averages for each weight: m of its gradients, v of their squares. Here they start at 0, as at "
        "the very first step of a training; the rate α makes up for that."
    )
    g, rate = factor(trace.gradient), trace.training.learning_rate
    show_formula(
        rf"m &= {BETA_1} \cdot 0 + {1 - BETA_1:.1f} \cdot {g}",
        f"&= {tex(mean)}",
        rf"v &= {BETA_2} \cdot 0 + {1 - BETA_2:.3f} \cdot {g}^2",
        f"&= {tex(square)}",
        rf"\alpha &= {tex(rate)} \cdot \frac{{\sqrt{{1 - {BETA_2}}}}}{{1 - {BETA_1}}} = {tex(step.rate)}",
        rf"w &\leftarrow w - \alpha \cdot \frac{{m}}{{\sqrt{{v}} + {tex(EPSILON)}}}",
        f"&= {tex(trace.weight, 6)}",
        rf"&\quad - {factor(step.rate)} \cdot "
        rf"\frac{{{tex(mean)}}}{{{tex(np.sqrt(square))} + {tex(EPSILON)}}}",
        f"&= {tex(after, 6)}",
    )
    left, right = st.columns(2)
    left.metric("The weight before", f"{trace.weight:.6g}")
    right.metric("after", f"{after:.6g}", f"{change:.3g}", delta_color="off")
    if not trace.gradient:
        st.caption("The gradient is 0, so the weight stays.")
    elif abs(change) > NEAR_RATE_RATIO * rate:
        st.caption(
            "At a first step m and √v grow alike with the gradient, so the change is about the learning rate. "
            "Only the gradient's sign counts."
        )
    else:
        st.caption("The gradient is so small that the constant beside √v counts: the change is less than usual.")


def _show_all_weights(trace: TracedWeight) -> None:
    model = trace.snapshot.model
    st.markdown("##### 9 · All weights at once")
    st.write(
        f"Do the same for all {model.parameters:,} weights and biases, show the network the digit again, and see what "
        "it has learned from this one step."
    )
    after = after_first_step(trace.snapshot, gradients(trace.forward, trace.slopes), rate=trace.training.learning_rate)
    new_softmax = forward(after, trace.digit).softmax
    old_softmax = trace.forward.softmax
    loss, probability = st.columns(2)
    new_loss = cross_entropy(new_softmax, trace.targets)
    loss.metric(
        "Loss",
        f"{new_loss:.5g}",
        f"{new_loss - cross_entropy(old_softmax, trace.targets):.3g}",
        delta_color="inverse",
    )
    k = trace.label
    probability.metric(
        f"Probability of the {k}",
        f"{new_softmax.probabilities[k]:.6g}",
        f"{new_softmax.probabilities[k] - old_softmax.probabilities[k]:.3g}",
    )
