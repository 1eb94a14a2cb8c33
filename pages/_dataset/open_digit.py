"""The open digit, in whatever view it was opened: large, its histogram, how usual it is, and the ways on from it."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.digits import neighbours
from mnist_core.digits.reference import Digit, images_of
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.figures.digits import digit_with_histogram
from pages._dataset.selection import VIEW, VIEWS, choose_log, open_, open_digit
from pages._shared.widgets.digit_picker import choose_digit
from pages._shared.widgets.figure import page_theme, show_figure

PLACE = "dataset_open"  # the key of the container that shows the open digit
DOORS = {
    "browse": ":material/grid_view:",
    "find": ":material/search:",
    "map": ":material/scatter_plot:",  # of the test digits
    "preparation": ":material/steps:",
}


def choose_among(digits: Sequence[Digit], captions: Sequence[str], *, key: str) -> None:
    """A grid of ``digits``; the one that is pressed is opened, the open one marked."""
    names = [f"{digit.name}: labelled {digit.label}" for digit in digits]
    opened = open_digit()
    choose_digit(
        images_of(digits),
        captions,
        names,
        chosen=digits.index(opened) if opened in digits else None,
        key=key,
        shown_in=PLACE,
        on_choose=lambda number: open_(digits[number]),
    )


def show_open_digit() -> None:
    """The open digit with its histogram, and where else to look at it."""
    digit, label = open_digit(), open_digit().label
    with st.container(key=PLACE):
        log = choose_log()
        show_figure(
            digit_with_histogram,
            images_of([digit])[0],
            f"Digit: {label}, index {digit.index}",
            page_theme(),
            colour=DIGIT_COLOURS[label],
            log=log,
        )
        st.caption(f"{digit.name}. {_how_usual(digit)}")
        with st.container(horizontal=True, gap="small"):
            for view, icon in DOORS.items():
                if view != VIEW.value and (view != "map" or digit.split == "test"):
                    st.button(VIEWS[view], icon=icon, key=f"dataset_door_{view}", on_click=VIEW.set, args=(view,))


def _how_usual(digit: Digit) -> str:
    facts, labels = neighbours.load(), neighbours.labels()
    stranger = facts.strangeness[labels == digit.label] < facts.strangeness[digit.number]
    agreeing = facts.agreement[digit.number]
    return (
        f"It is stranger than {stranger.mean():.0%} of the {digit.label}s. "
        f"Of its ten nearest digits {agreeing} {'is' if agreeing == 1 else 'are'} labelled {digit.label}."
    )
