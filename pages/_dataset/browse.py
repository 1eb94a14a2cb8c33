"""Dataset, Browse: a paginated grid of the 70,000 digits, and a field that opens one by its index."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.reference import SPLIT_NAMES, Digit
from mnist_core.digits.statistics import indices_of
from pages._dataset.open_digit import choose_among, show_open_digit
from pages._dataset.selection import OPEN_DIGIT, choose_class, choose_split, get_open_digit, set_open_digit

PAGE_SIZE = 60  # fills rows of 10 and, on a phone, of 6


@dataclass(frozen=True)
class DigitPage:
    """The page that contains the open digit, which is at ``position`` in ``indices``.

    ``indices``: those of the chosen class in ``split``, int64 (N,), ascending.
    """

    split: str
    indices: np.ndarray
    position: int

    def digit(self, position: int) -> Digit:
        """The digit at ``position`` in ``indices``."""
        return Digit(self.split, int(self.indices[position]))

    @property
    def first(self) -> int:
        """The position of the first digit on the page."""
        return self.position - self.position % PAGE_SIZE


def show_browser() -> None:
    """Show the controls, the page of digits and the open digit."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        page = _choose_page()
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        _show_page(page)
    with right:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            _step_button(page, -1, "Previous", ":material/chevron_left:", "Left")
            _step_button(page, +1, "Next", ":material/chevron_right:", "Right")
        show_open_digit()


def _choose_page() -> DigitPage:
    split = choose_split()
    indices = indices_of(mnist.load().split(split).labels, choose_class())
    # Keep the open digit; if the selection excludes it, open the next digit in the selection.
    position = min(int(np.searchsorted(indices, get_open_digit().index)), len(indices) - 1)
    page = DigitPage(split, indices, position)
    if page.digit(position) != get_open_digit():
        OPEN_DIGIT.set(str(page.digit(position)))
    _choose_index(page.digit(position))
    return page


def _choose_index(digit: Digit) -> None:
    key, last = f"dataset_index_{digit}", mnist.SIZES[digit.split] - 1
    st.number_input(
        "Index",
        0,
        last,
        digit.index,
        key=key,
        width=110,
        on_change=lambda: set_open_digit(Digit(digit.split, st.session_state[key])),
        help=f"Counts the {SPLIT_NAMES[digit.split]} digits from 0 to {last}. Type one to open that digit.",
    )


def _show_page(page: DigitPage) -> None:
    last = min(page.first + PAGE_SIZE, len(page.indices))
    digits = [page.digit(position) for position in range(page.first, last)]
    choose_among(digits, [str(digit.index) for digit in digits], key="dataset_grid")
    number = page.position // PAGE_SIZE + 1
    key = f"dataset_page_{number}"  # a new widget for each page, because other widgets can change the page too
    st.pagination(
        -(-len(page.indices) // PAGE_SIZE),
        default=number,
        key=key,
        on_change=lambda: set_open_digit(page.digit((st.session_state[key] - 1) * PAGE_SIZE)),
    )


def _step_button(page: DigitPage, offset: int, label: str, icon: str, shortcut: str) -> None:
    position = page.position + offset
    disabled = not 0 <= position < len(page.indices)
    st.button(
        label,
        icon=icon,
        disabled=disabled,
        shortcut=shortcut,
        on_click=lambda: set_open_digit(page.digit(position)),
    )
