"""Dataset, the open digit: its picture, histogram and typicality, and buttons that show it in other views."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.digits import neighbours
from mnist_core.digits.reference import Digit, images_of
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.figures.digits import digit_with_histogram
from pages._dataset.selection import VIEW, VIEWS, choose_log, get_open_digit, set_open_digit
from pages._shared.widgets.digit_picker import choose_digit
from pages._shared.widgets.figure import page_theme, show_figure

DIGIT_CONTAINER_KEY = "dataset_open"
VIEW_ICONS = {
    "browse": ":material/grid_view:",
    "find": ":material/search:",
    "map": ":material/scatter_plot:",  # only for test digits
    "preparation": ":material/steps:",
}


def choose_among(digits: Sequence[Digit], captions: Sequence[str], *, key: str) -> None:
    """Show a grid of ``digits``; a press opens a digit, and the open one is highlighted."""
    names = [f"{digit.name}: labelled {digit.label}" for digit in digits]
    opened = get_open_digit()
    choose_digit(
        images_of(digits),
        captions,
        names,
        chosen=digits.index(opened) if opened in digits else None,
        key=key,
        shown_in=DIGIT_CONTAINER_KEY,
        on_choose=lambda position: set_open_digit(digits[position]),
    )


def show_open_digit() -> None:
    """Show the open digit with its histogram, and a button for each other view of it."""
    digit, label = get_open_digit(), get_open_digit().label
    with st.container(key=DIGIT_CONTAINER_KEY):
        log = choose_log()
        show_figure(
            digit_with_histogram,
            images_of([digit])[0],
            f"Digit: {label}, index {digit.index}",
            page_theme(),
            colour=DIGIT_COLOURS[label],
            log=log,
        )
        st.caption(f"{digit.name}. {_typicality_text(digit)}")
        with st.container(horizontal=True, gap="small"):
            for view, icon in VIEW_ICONS.items():
                if view != VIEW.value and (view != "map" or digit.split == "test"):
                    st.button(VIEWS[view], icon=icon, key=f"dataset_door_{view}", on_click=VIEW.set, args=(view,))


def _typicality_text(digit: Digit) -> str:
    facts, labels = neighbours.load(), neighbours.labels()
    less_strange = facts.strangeness[labels == digit.label] < facts.strangeness[digit.number]
    agreeing = facts.agreement[digit.number]
    return (
        f"It is stranger than {less_strange.mean():.0%} of the {digit.label}s. "
        f"Of its ten nearest digits {agreeing} {'is' if agreeing == 1 else 'are'} labelled {digit.label}."
    )
