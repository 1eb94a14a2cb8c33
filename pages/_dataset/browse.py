"""Dataset, Browse: leaf through the 70,000 digits, or find one by its index."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.reference import SPLIT_NAMES, Digit
from mnist_core.digits.statistics import indices_of
from pages._dataset.open_digit import choose_among, show_open_digit
from pages._dataset.selection import OPEN, choose_class, choose_split, open_, open_digit

PAGE_SIZE = 60  # digits on view at once: whole rows of 10 and of 6


@dataclass(frozen=True)
class DigitPage:
    """The digits one can leaf through, ``indices``, rising, into a ``split``, and the ``place`` of the open one.

    The page on view is the one that the open digit is on, so whatever is chosen, the two agree.
    """

    split: str
    indices: np.ndarray
    place: int

    def digit(self, place: int) -> Digit:
        """The one at ``place``."""
        return Digit(self.split, int(self.indices[place]))

    @property
    def first(self) -> int:
        """The place of the first digit on the page."""
        return self.place - self.place % PAGE_SIZE


def show_browser() -> None:
    """Controls above, the page of digits left, the open one right."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        page = _choose_shelf()
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        _show_page(page)
    with right:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            _step(page, -1, "Previous", ":material/chevron_left:", "Left")
            _step(page, +1, "Next", ":material/chevron_right:", "Right")
        show_open_digit()


def _choose_shelf() -> DigitPage:
    split = choose_split()
    indices = indices_of(mnist.load().split(split).labels, choose_class())
    # The open digit stays open; where the choice has left it out, the next one that is in.
    place = min(int(np.searchsorted(indices, open_digit().index)), len(indices) - 1)
    page = DigitPage(split, indices, place)
    if page.digit(place) != open_digit():
        OPEN.set(str(page.digit(place)))
    _choose_index(page.digit(place))
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
        on_change=lambda: open_(Digit(digit.split, st.session_state[key])),
        help=f"Counts the {SPLIT_NAMES[digit.split]} digits from 0 to {last}. Type one to open that digit.",
    )


def _show_page(page: DigitPage) -> None:
    last = min(page.first + PAGE_SIZE, len(page.indices))
    digits = [page.digit(place) for place in range(page.first, last)]
    choose_among(digits, [str(digit.index) for digit in digits], key="dataset_grid")
    number = page.place // PAGE_SIZE + 1
    key = (
        f"dataset_page_{number}"  # a widget of its own for each page: it then shows the page that was come to otherwise
    )
    st.pagination(
        -(-len(page.indices) // PAGE_SIZE),
        default=number,
        key=key,
        on_change=lambda: open_(page.digit((st.session_state[key] - 1) * PAGE_SIZE)),
    )


def _step(page: DigitPage, by: int, label: str, icon: str, shortcut: str) -> None:
    place = page.place + by
    outside = not 0 <= place < len(page.indices)
    st.button(
        label,
        icon=icon,
        disabled=outside,
        shortcut=shortcut,
        on_click=lambda: open_(page.digit(place)),
    )
