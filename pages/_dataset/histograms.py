"""Dataset, Histograms: the pixel values of a split, of a class or of the open digit."""

import numpy as np
import streamlit as st

from mnist_core.digits import statistics
from mnist_core.digits.reference import SPLIT_NAMES, images_of
from mnist_core.figures.colours import DIGIT_COLOURS, TEST_COLOUR, TRAIN_COLOUR
from mnist_core.figures.histograms import pixel_histogram
from pages._dataset.selection import choose_class, choose_log, choose_split, get_open_digit
from pages._shared.device import is_phone
from pages._shared.widgets.figure import page_theme, show_figure

SPLIT_COLOURS = {"train": TRAIN_COLOUR, "test": TEST_COLOUR}


def show_histograms() -> None:
    """Show the histogram of a split, a class or the open digit, with that of the split as an outline."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        name = choose_split()
        single = st.toggle("The open digit alone", key="dataset_one", persist_state="session")
        label = None if single else choose_class()
        log = choose_log()
    histograms = statistics.of_split(name).histograms
    total, total_label = histograms.sum(axis=0), f"All {SPLIT_NAMES[name]} digits"
    if single:
        digit = get_open_digit()
        shown, colour = statistics.pixel_histogram(images_of([digit])), DIGIT_COLOURS[digit.label]
        title = f"{digit.name}: a {digit.label}"
    elif label is None:
        shown, colour, title = total, SPLIT_COLOURS[name], total_label
    else:
        shown, colour, title = histograms[label], DIGIT_COLOURS[label], f"Digit {label}"
    _show_facts(shown)
    show_figure(
        pixel_histogram,
        shown,
        page_theme(),
        colour=colour,
        label=title,
        log=log,
        reference=None if shown is total else total,
        reference_label=total_label,
        narrow=is_phone(),
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
