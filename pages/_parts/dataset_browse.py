"""Dataset, Browse: find any of the 70,000 digits and see it large with its histogram."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.mnist import Split
from mnist_core.digits.statistics import indices_of
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.figures.digits import digit_with_histogram
from pages._parts.dataset_controls import ALL, DIGIT, SPLIT_NAMES, choose_class, choose_log, choose_split
from pages._parts.digit_choice import choose_digit
from pages._parts.figure import page_theme, show_figure

PAGE_SIZE = 60  # digits on view at once: whole rows of 10 and of 6
INDEX, GRID, OPEN = "dataset_index", "dataset_grid", "dataset_open"  # keys


@dataclass(frozen=True)
class Shelf:
    """The digits one can leaf through, ``indices``, rising, into ``split``, and the ``place`` of the open one.

    The page on view is the one that the open digit is on, so whatever is chosen, the two agree.
    """

    name: str
    split: Split
    indices: np.ndarray
    place: int

    @property
    def index(self) -> int:
        """The open digit's index in its split."""
        return int(self.indices[self.place])

    @property
    def label(self) -> int:
        """Which digit the open one is."""
        return int(self.split.labels[self.index])

    @property
    def on_view(self) -> np.ndarray:
        """The indices of the page that the open digit is on: int64, up to PAGE_SIZE."""
        first = self.place - self.place % PAGE_SIZE
        return self.indices[first : first + PAGE_SIZE]


@st.fragment
def show_browser() -> None:
    """Controls above, the page of digits left, the open one right."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        shelf = _choose_shelf()
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        _show_page(shelf)
    with right, st.container(key=OPEN):
        _show_open_digit(shelf)


def _choose_shelf() -> Shelf:
    name = choose_split()
    split = mnist.load().split(name)
    indices = indices_of(split.labels, choose_class())
    # The open digit stays open; where the choice has left it out, the next one that is in.
    place = min(int(np.searchsorted(indices, st.session_state.get(INDEX, 0))), len(indices) - 1)
    shelf = Shelf(name, split, indices, place)
    st.session_state[INDEX] = shelf.index
    last = len(split) - 1
    st.number_input(
        "Index",
        0,
        last,
        key=INDEX,
        width=110,
        on_change=_leave_class,
        args=(split,),
        persist_state="session",
        help=f"Counts the {SPLIT_NAMES[name]} digits from 0 to {last}. Type one to open that digit.",
    )
    return shelf


def _leave_class(split: Split) -> None:
    """Someone asks for one index: show it even if it is not of the class chosen before."""
    if st.session_state[DIGIT] != str(split.labels[st.session_state[INDEX]]):
        st.session_state[DIGIT] = ALL


def _open(shelf: Shelf, place: int) -> None:
    st.session_state[INDEX] = int(shelf.indices[place])


def _show_page(shelf: Shelf) -> None:
    shown = shelf.on_view
    labels = shelf.split.labels[shown]
    first = shelf.place - shelf.place % PAGE_SIZE
    choose_digit(
        shelf.split.images[shown],
        [str(index) for index in shown],
        [f"Index {index}: digit {label}" for index, label in zip(shown, labels, strict=True)],
        chosen=shelf.place - first,
        key=GRID,
        shown_in=OPEN,
        on_choose=lambda number: _open(shelf, first + number),
    )
    _show_pagination(shelf)


def _show_pagination(shelf: Shelf) -> None:
    page = shelf.place // PAGE_SIZE + 1
    key = f"dataset_page_{page}"  # a widget of its own for each page: it then shows the page that was come to otherwise
    st.pagination(
        -(-len(shelf.indices) // PAGE_SIZE),
        default=page,
        key=key,
        on_change=lambda: _open(shelf, (st.session_state[key] - 1) * PAGE_SIZE),
    )


def _show_open_digit(shelf: Shelf) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        _step(shelf, -1, "Previous", ":material/chevron_left:")
        _step(shelf, +1, "Next", ":material/chevron_right:")
        log = choose_log()
    show_figure(
        digit_with_histogram(
            shelf.split.images[shelf.index],
            f"Digit: {shelf.label}, index {shelf.index}",
            page_theme(),
            colour=DIGIT_COLOURS[shelf.label],
            log=log,
        )
    )


def _step(shelf: Shelf, by: int, label: str, icon: str) -> None:
    place = shelf.place + by
    outside = not 0 <= place < len(shelf.indices)
    st.button(label, icon=icon, disabled=outside, on_click=_open, args=(shelf, place))
