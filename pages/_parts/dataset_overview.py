"""Dataset, First look and Counts and means: the whole set in a few pictures."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from mnist_core.digits import mnist, statistics
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.figures.digits import digit_grid
from pages._parts.dataset_controls import SPLIT_NAMES, choose_split
from pages._parts.digit_grid import show_digits
from pages._parts.figure import page_theme, show_figure

FIRST_LOOK = """
MNIST is a collection of **70,000 handwritten digits**, each with a label that says which digit was meant.

- **60,000 training digits**: the network learns from them.
- **10,000 test digits**: the network never learns from them. How many of them it reads correctly says how well it
  does on digits it has not seen.
- A digit is **28 × 28 pixels**. A pixel is a whole number from **0** (background) to **255** (ink).
- There are **10 classes**: the digits 0 to 9.

These are the first nine digits of the training set, with their labels. To the network such a picture is nothing but
784 numbers: **Browse** shows which, **Preparation** how they are handed over.
"""


def show_first_look() -> None:
    """The first nine training digits in the walk-through's grid, and what MNIST is."""
    train = mnist.load().train
    figure = digit_grid(train.images[:9], [f"Digit: {label}" for label in train.labels[:9]], page_theme())
    left, right = st.columns([1, 1.1], gap="large")
    with left:
        show_figure(figure)
    right.markdown(FIRST_LOOK)


@st.fragment
def show_counts_and_means() -> None:
    """How many of each digit a split has, and each digit's mean image."""
    name = choose_split()
    facts = statistics.of_split(name)
    st.subheader("How many of each digit")
    most, fewest = facts.counts.argmax(), facts.counts.argmin()
    st.markdown(
        f"The {SPLIT_NAMES[name]} split has {facts.counts.sum():,} digits. The classes are nearly even: "
        f"{most} occurs most often ({facts.counts[most]:,} times), {fewest} least often ({facts.counts[fewest]:,})."
    )
    st.altair_chart(_count_bars(facts.counts), width="stretch")
    st.subheader("The mean image of each digit")
    st.markdown("Each pixel is the mean over all digits of that class. Where people write alike, the mean is sharp.")
    with st.container(width=930):  # ten in a row, four on a phone
        show_digits(facts.means.round().astype(np.uint8), [str(digit) for digit in range(10)], side=82)


def _count_bars(counts: np.ndarray) -> alt.LayerChart:
    table = pd.DataFrame({"digit": range(10), "count": counts, "share": counts / counts.sum()})
    base = alt.Chart(table, height=230).encode(
        x=alt.X("digit:O", title="Digit", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("count:Q", title="Digits"),
        tooltip=[
            alt.Tooltip("digit:O", title="Digit"),
            alt.Tooltip("count:Q", title="Digits", format=","),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
        ],
    )
    colour = alt.Color("digit:O", scale=alt.Scale(domain=list(range(10)), range=list(DIGIT_COLOURS)), legend=None)
    bars = base.mark_bar().encode(color=colour)
    return bars + base.mark_text(dy=-8, color=page_theme().text).encode(text=alt.Text("count:Q", format=","))
