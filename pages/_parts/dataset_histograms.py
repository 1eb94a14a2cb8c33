"""Dataset, Histograms: which pixel values a whole split or one digit has, and how often."""

import numpy as np
import streamlit as st

from mnist_core.digits import statistics
from mnist_core.figures.colours import DIGIT_COLOURS, TEST_COLOUR, TRAIN_COLOUR
from mnist_core.figures.histograms import pixel_histogram
from pages._parts.dataset_controls import SPLIT_NAMES, choose_class, choose_log, choose_split
from pages._parts.figure import page_theme, show_figure

SPLIT_COLOURS = {"train": TRAIN_COLOUR, "test": TEST_COLOUR}


@st.fragment
def show_histograms() -> None:
    """The histogram of a split, or of one digit with that of its split as an outline."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        name = choose_split()
        digit = choose_class()
        log = choose_log()
    histograms = statistics.of_split(name).histograms
    whole = histograms.sum(axis=0)
    if digit is None:
        shown, colour, label, reference = whole, SPLIT_COLOURS[name], f"All {SPLIT_NAMES[name]} digits", None
    else:
        shown, colour, label, reference = histograms[digit], DIGIT_COLOURS[digit], f"Digit {digit}", whole
    _show_facts(shown)
    show_figure(
        pixel_histogram(
            shown,
            page_theme(),
            colour=colour,
            label=label,
            log=log,
            reference=reference,
            reference_label=f"All {SPLIT_NAMES[name]} digits",
        ),
        width=960,
    )


def _show_facts(histogram: np.ndarray) -> None:
    pixels = histogram.sum()
    facts = {
        "Pixels": f"{pixels:,}",
        "Background (0)": f"{histogram[0] / pixels:.1%}",
        "Full ink (255)": f"{histogram[255] / pixels:.1%}",
        "Mean value": f"{histogram @ np.arange(256) / pixels:.1f}",
    }
    with st.container(horizontal=True):
        for name, value in facts.items():
            st.metric(name, value, width="content")
