"""Errors, the gallery: test digits as the filters and the order say, in pages. A press opens one."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_core.digits.mnist import Split
from pages._errors.selection import (
    AMONG,
    DIGITS,
    FILTERS,
    GROUP,
    OPEN,
    ORDER,
    ORDERS,
    OUTCOME,
    OUTCOMES,
    PAGE,
    PREDICTED,
    SURE,
    TRUE,
    chosen_range,
    clear_filters,
    taking,
)
from pages._shared.widgets.digit_picker import choose_digit
from pages._shared.widgets.prediction import sureness

COLUMNS, ROWS = 8, 6  # whole rows of 6 too, on a phone
PAGE_SIZE = COLUMNS * ROWS
PLACE = "errors_gallery"  # the key of the container that shows the gallery
VIEWER = "errors_viewer"  # the key of the container that shows the open digit


@dataclass(frozen=True)
class Gallery:
    """The digits on view: ``indices``, int64 (M,), into ``test``, in their order, and what the network said of all.

    ``probabilities``: float32 (10000, 10). ``words``: one for each test digit, text (10000,), or none. ``other``: the
    answers of another network, integers (10000,), where there are two.
    """

    test: Split
    probabilities: np.ndarray
    indices: np.ndarray
    words: np.ndarray | None = None
    other: np.ndarray | None = None

    @property
    def pages(self) -> int:
        """How many there are, at least one."""
        return max(1, -(-len(self.indices) // PAGE_SIZE))

    @property
    def page(self) -> int:
        """The one on view, from 1."""
        return min(int(PAGE.value), self.pages)

    def caption(self, index: int) -> str:
        """What stands below the digit at ``index``."""
        label, answer = self.test.labels[index], self.probabilities[index].argmax()
        if self.other is not None:
            return f"{label}: A {answer}, B {self.other[index]}"
        return f"{label} → {answer}" + ("" if self.words is None else f" {self.words[index]}")

    def name(self, index: int) -> str:
        """What became of the digit at ``index``, in words."""
        answer = int(self.probabilities[index].argmax())
        sure = sureness(float(self.probabilities[index, answer]))
        return f"A {self.test.labels[index]}, read as {answer}. {sure}. Test index {index}"


def show_filters() -> None:
    """The controls above the gallery."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        TRUE.select("True digit", DIGITS, on_change=taking(TRUE), width=95)
        PREDICTED.select("Read as", DIGITS, on_change=taking(PREDICTED), width=95)
        OUTCOME.segmented("Answers", OUTCOMES, on_change=taking(OUTCOME))
        ORDER.select(
            "Sorted by",
            ORDERS,
            on_change=taking(ORDER),
            width=205,
            help_="Loss is −ln of the probability that the true digit got. The margin lies between the two largest "
            "probabilities.",
        )
        more = sum(choice.value != choice.default for choice in (SURE, GROUP))
        with st.popover(f"More filters{f' · {more}' if more else ''}", icon=":material/filter_alt:"):
            _more_filters()
        if any(choice.value != choice.default for choice in FILTERS):
            _offer_to_clear("Clear")


def _more_filters() -> None:
    st.slider(
        "How sure it was (%)",
        0,
        100,
        chosen_range(),
        key=SURE.key,
        on_change=taking(SURE),
        help="The softmax probability of its answer.",
    )
    GROUP.select(
        "Among",
        AMONG,
        on_change=taking(GROUP),
        help_="Disputed: most of five people did not confirm the label (Northcutt et al., 2021). Learned: wrong after "
        "an epoch, right at the end. Forgotten: right after an epoch, wrong at the end. Never learned: wrong after "
        "each epoch that the run kept.",
    )


def show_gallery(gallery: Gallery) -> None:
    """The digits of the page on view, and the ways to the other pages."""
    count = len(gallery.indices)
    if not count:
        _nothing_found()
        return
    start = (gallery.page - 1) * PAGE_SIZE
    shown = gallery.indices[start : start + PAGE_SIZE].tolist()
    st.caption(f"{start + 1:,} to {start + len(shown):,} of {count:,} digits. Press one to see why.")
    choose_digit(
        gallery.test.images[shown],
        [gallery.caption(index) for index in shown],
        [gallery.name(index) for index in shown],
        chosen=None,
        key="errors_grid",
        shown_in=VIEWER,
        on_choose=lambda place: OPEN.set(str(shown[place])),
        columns=COLUMNS,
    )
    if gallery.pages > 1:
        st.pagination(gallery.pages, default=gallery.page, key=PAGE.key, on_change=PAGE.read_widget)


def _nothing_found() -> None:
    st.info("No test digit fits all of these filters.", icon=":material/search_off:")
    _offer_to_clear("Show all errors")


def _offer_to_clear(label: str) -> None:
    st.button(label, icon=":material/filter_alt_off:", on_click=clear_filters)
