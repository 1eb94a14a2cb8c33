"""Dataset, First look: a short description of MNIST, and its first nine digits."""

import streamlit as st

from mnist_core.digits.reference import Digit, images_of
from pages._dataset.open_digit import DIGIT_CONTAINER_KEY
from pages._dataset.selection import VIEW, set_open_digit
from pages._shared.widgets.digit_picker import choose_digit

FIRST_LOOK = """
MNIST is a collection of **70,000 handwritten digits**, each with a label that says which digit was meant.

- **60,000 training digits**: the network learns from them.
- **10,000 test digits**: the network never learns from them. How many of them it reads correctly says how well it
  does on digits it has not seen.
- A digit is **28 × 28 pixels**. A pixel is a whole number from **0** (background) to **255** (ink).
- There are **10 classes**: the digits 0 to 9.

These are the first nine digits of the training set, with their labels: click one to open it. To the network such a
picture is nothing but 784 numbers: **Browse** shows which, **Preparation** how they are handed over. **Find alike**
looks for digits like the open one, and the **Map** lays out 10,000 of them by how alike they are.
"""


def show_first_look() -> None:
    """Show the first nine training digits and a description of MNIST."""
    nine = [Digit("train", index) for index in range(9)]

    def browse(position: int) -> None:
        set_open_digit(nine[position])
        VIEW.set("browse")

    left, right = st.columns([1, 1.1], gap="large")
    with left:
        choose_digit(
            images_of(nine),
            [f"Digit: {digit.label}" for digit in nine],
            [f"Index {digit.index}: digit {digit.label}" for digit in nine],
            chosen=None,
            key="dataset_nine",
            shown_in=DIGIT_CONTAINER_KEY,
            on_choose=browse,
            columns=3,
        )
    right.markdown(FIRST_LOOK)
