"""Errors, the figure of nine correctly and nine wrongly predicted test digits."""

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.figures.confusion_matrix import nine_figure
from mnist_core.figures.style import Theme
from pages._shared.widgets.figure import page_theme, png


def show_examples(predicted: np.ndarray) -> None:
    """Show the first nine of each kind. ``predicted``: labels for the test set, integers (10000,)."""
    st.subheader("Nine right, nine wrong")
    st.markdown("The first nine test digits that the network read right, and the first nine that it read wrong.")
    for column, right in zip(st.columns(2, gap="large"), (True, False), strict=True):
        kind = "right" if right else "wrong"
        alt = f"Test digits that were read {kind}, each with prediction and truth."
        column.image(_nine_png(predicted, right, page_theme()), width="stretch", alt=alt)


# The cache key is the predictions, so a run that changes gets new pictures.
@st.cache_data(max_entries=32, show_spinner=False)
def _nine_png(predicted: np.ndarray, right: bool, theme: Theme) -> bytes:
    test = mnist.load().test
    return png(nine_figure(test.images, predicted, test.labels, right=right, theme=theme))
