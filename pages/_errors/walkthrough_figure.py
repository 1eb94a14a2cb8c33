"""Errors, the figure of nine correctly and nine wrongly predicted test digits."""

import numpy as np
import streamlit as st
from matplotlib.figure import Figure

from mnist_core.digits import mnist
from mnist_core.figures.confusion_matrix import nine_figure
from mnist_core.figures.style import Theme
from pages._shared.widgets.figure import page_theme, show_figure


def show_examples(predicted: np.ndarray) -> None:
    """Show the first nine of each kind. ``predicted``: labels for the test set, integers (10000,)."""
    st.subheader("Nine right, nine wrong")
    st.markdown("The first nine test digits that the network read right, and the first nine that it read wrong.")
    for column, right in zip(st.columns(2, gap="large"), (True, False), strict=True):
        kind = "right" if right else "wrong"
        alt = f"Test digits that were read {kind}, each with prediction and truth."
        with column:
            show_figure(_nine_test_digits, predicted, right, page_theme(), alt=alt)


def _nine_test_digits(predicted: np.ndarray, right: bool, theme: Theme) -> Figure:
    """Draw ``nine_figure`` of the test set, which is not an argument: it would be hashed at each redraw."""
    test = mnist.load().test
    return nine_figure(test.images, predicted, test.labels, right=right, theme=theme)
