"""Errors, the gallery: the filtered and sorted test digits in pages of buttons that open a digit."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_core.digits.mnist import Split
from pages._errors.selection import (
    CONFIDENCE,
    DIGITS,
    FILTERS,
    GROUP,
    GROUPS,
    OPEN_DIGIT,
    ORDER,
    ORDERS,
    OUTCOME,
    OUTCOMES,
    PAGE,
    PREDICTED_LABEL,
    TRUE_LABEL,
    clear_filters,
    confidence_range,
    reset_on_change,
)
from pages._shared.widgets.digit_picker import choose_digit
from pages._shared.widgets.prediction import confidence_text

COLUMNS, ROWS = 8, 6  # 48 digits also fill the rows of 6 on a phone
PAGE_SIZE = COLUMNS * ROWS
GALLERY_CONTAINER_KEY = "errors_gallery"
VIEWER_CONTAINER_KEY = "errors_viewer"  # shows the open digit


@dataclass(frozen=True)
class Gallery:
    """The digits to show: their ``indices`` in ``test``, int64 (M,), sorted, and the predictions for the test set.

    ``probabilities``: float32 (10000, 10). ``words``: a word for each test digit's caption, str (10000,), or None.
    ``other``: the labels that a compared network predicts, integers (10000,), or None.
    """

    test: Split
    probabilities: np.ndarray
    indices: np.ndarray
    words: np.ndarray | None = None
    other: np.ndarray | None = None

    @property
    def pages(self) -> int:
        """The number of pages, at least 1."""
        return max(1, -(-len(self.indices) // PAGE_SIZE))

    @property
    def page(self) -> int:
        """The number of the current page, from 1."""
        return min(int(PAGE.value), self.pages)

    def caption(self, index: int) -> str:
        """The caption of the digit at ``index``: its label, the predictions and its word."""
        label, answer = self.test.labels[index], self.probabilities[index].argmax()
        if self.other is not None:
            return f"{label}: A {answer}, B {self.other[index]}"
        return f"{label} → {answer}" + ("" if self.words is None else f" {self.words[index]}")

    def name(self, index: int) -> str:
        """The tooltip of the digit at ``index``: label, prediction and confidence as a sentence."""
        answer = int(self.probabilities[index].argmax())
        sure = confidence_text(float(self.probabilities[index, answer]))
        return f"A {self.test.labels[index]}, read as {answer}. {sure}. Test index {index}"


def show_filters() -> None:
    """Show the filter and sort widgets."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        TRUE_LABEL.select("True digit", DIGITS, on_change=reset_on_change(TRUE_LABEL), width=95)
        PREDICTED_LABEL.select("Read as", DIGITS, on_change=reset_on_change(PREDICTED_LABEL), width=95)
        OUTCOME.segmented("Answers", OUTCOMES, on_change=reset_on_change(OUTCOME))
        ORDER.select(
            "Sorted by",
            ORDERS,
            on_change=reset_on_change(ORDER),
            width=205,
            help_="Loss is −ln of the probability that the true digit got. The margin lies between the two largest "
            "probabilities.",
        )
        more = sum(choice.value != choice.default for choice in (CONFIDENCE, GROUP))
        with st.popover(f"More filters{f' · {more}' if more else ''}", icon=":material/filter_alt:"):
            _more_filters()
        if any(choice.value != choice.default for choice in FILTERS):
            _clear_button("Clear")


def _more_filters() -> None:
    st.slider(
        "How sure it was (%)",
        0,
        100,
        confidence_range(),
        key=CONFIDENCE.key,
        on_change=reset_on_change(CONFIDENCE),
        help="The softmax probability of its answer.",
    )
    GROUP.select(
        "Among",
        GROUPS,
        on_change=reset_on_change(GROUP),
        help_="Disputed: most of five people did not confirm the label (Northcutt et al., 2021). Learned: wrong after "
        "an epoch, right at the end. Forgotten: right after an epoch, wrong at the end. Never learned: wrong after "
        "each epoch that the run kept.",
    )


def show_gallery(gallery: Gallery) -> None:
    """Show the digits of the current page, and the pagination."""
    count = len(gallery.indices)
    if not count:
        _show_no_results()
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
        shown_in=VIEWER_CONTAINER_KEY,
        on_choose=lambda position: OPEN_DIGIT.set(str(shown[position])),
        columns=COLUMNS,
    )
    if gallery.pages > 1:
        st.pagination(gallery.pages, default=gallery.page, key=PAGE.key, on_change=PAGE.read_widget)


def _show_no_results() -> None:
    st.info("No test digit fits all of these filters.", icon=":material/search_off:")
    _clear_button("Show all errors")


def _clear_button(label: str) -> None:
    st.button(label, icon=":material/filter_alt_off:", on_click=clear_filters)
