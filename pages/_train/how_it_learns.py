"""Train, How it learns: a short explanation of neural networks for beginners."""

import streamlit as st

from mnist_core.config import ModelConfig
from mnist_core.digits import mnist
from mnist_core.figures.activation_functions import activation_figure
from mnist_core.figures.architecture import network_diagram
from pages._shared.widgets.figure import page_theme, show_figure

TERMS = {
    "Softmax": (
        "The last layer gives ten scores, one for each digit, and softmax turns them into ten positive numbers that "
        "add up to 1. It raises e to each score and divides by the sum, so a score that is larger by 1 makes its digit "
        "2.7 times as probable."
    ),
    "Cross-entropy": (
        "The loss of one digit is minus the natural logarithm of the probability that the network gave to the right "
        "answer. A sure and right answer costs almost 0, a fifty-fifty one 0.69, and a sure and wrong one very much."
    ),
    "Dropout": (
        "In each training step a share of the units, chosen at random, is switched off. The network cannot rely on any "
        "single unit, so it learns features that also work for digits it has not seen."
    ),
    "Adam": (
        "Each training step changes every weight a little in the direction that lowers the loss. Adam (Kingma and Ba, "
        "2015) chooses the size of that change for each weight by itself, from the averages of its recent slopes and "
        "of their squares."
    ),
    "Batch": (
        "A batch is the handful of digits, 128 in the walk-through, that the network looks at before it changes its "
        "weights. A larger batch gives a steadier direction and fewer changes per epoch."
    ),
    "Epoch": (
        "An epoch is one pass through all 60,000 training digits, in a new order each time. With batches of 128 it "
        "takes 469 steps."
    ),
    "Learning rate and schedule": (
        "The learning rate says how large each change of the weights is. A schedule makes it small at the end, so that "
        "the network settles; one cycle also starts small, which allows a larger rate in between (Smith and Topin, "
        "2019)."
    ),
    "Label smoothing": (
        "Instead of all certainty for the right digit, the target keeps a little for the nine others (Szegedy et al., "
        "2016). The network is then not pushed to be ever surer, and it reads new digits better."
    ),
    "Weight decay": (
        "Each step also makes every weight a little smaller. A weight stays large only if the digits keep asking for "
        "it, which leaves less room to learn them by heart."
    ),
    "Distortions": (
        "Each digit is bent, turned and moved a little, anew whenever the network sees it (Simard et al., 2003). It "
        "never meets the same picture twice, so it has to learn shapes instead of pixels."
    ),
    "Validation": (
        "After each epoch the network is tried on digits it does not learn from. Whoever chooses settings by the test "
        "set makes its score look better than the network is, so 10 % of the training digits can be held out for that."
    ),
    "Early stopping": (
        "When the validation accuracy has not got better for some epochs, training stops and the best epoch is kept. "
        "It saves time and keeps a network from learning its training digits by heart."
    ),
}


def show_network(model: ModelConfig) -> None:
    """Show the network as a diagram."""
    st.subheader("The network")
    st.write(
        "A digit enters at the left as 784 numbers. Each unit adds up its inputs, each multiplied by a weight, and "
        "passes the sum through an activation function; training changes the weights."
    )
    show_figure(network_diagram, model, digit=mnist.load().test.images[0], theme=page_theme())


def show_activations() -> None:
    """Show the four activation functions of the form, and explain saturation."""
    st.subheader("Activation functions")
    st.write(
        "Without an activation function between them, two layers could do no more than one. The book's network uses "
        "ReLU, which passes what is positive and stops the rest. GELU is a ReLU with a rounded corner; tanh is a "
        "sigmoid stretched to -1..1."
    )
    show_figure(activation_figure, theme=page_theme())
    st.write(
        "Learning follows slopes, backwards through all layers, and multiplies them on its way. Where sigmoid and tanh "
        "are nearly flat, they are saturated: the slope is close to 0, so hardly anything arrives at the layers before "
        "and they stop learning. ReLU's slope is 1 for every positive input, however large."
    )


def show_terms() -> None:
    """Show the terms of this page with their explanations."""
    st.subheader("The words")
    left, right = st.columns(2, gap="large")
    for number, (term, sentences) in enumerate(TERMS.items()):
        (left, right)[number % 2].markdown(f"**{term}.** {sentences}")
