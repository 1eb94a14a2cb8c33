"""Errors, the open digit: its details, and buttons to the previous and the next digit of the gallery."""

import streamlit as st

from mnist_core.runs.run import Run
from pages._errors.digit_detail import show_detail
from pages._errors.gallery import PAGE_SIZE, VIEWER_CONTAINER_KEY, Gallery
from pages._errors.selection import OPEN_DIGIT, PAGE


def show_viewer(run: Run, gallery: Gallery, index: int) -> None:
    """Show the test digit at ``index``, even if the filters of ``gallery`` exclude it."""
    indices = gallery.indices.tolist()
    rank = indices.index(index) if index in indices else None
    previous = indices[rank - 1] if rank else None
    following = indices[rank + 1] if rank is not None and rank + 1 < len(indices) else None
    with st.container(key=VIEWER_CONTAINER_KEY):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button(
                "Back to the gallery", icon=":material/arrow_back:", on_click=_close_digit, args=(rank,), shortcut="Esc"
            )
            _digit_button("Previous", previous, icon=":material/chevron_left:", shortcut="Left")
            _digit_button("Next", following, icon=":material/chevron_right:", shortcut="Right")
            st.caption(f"{rank + 1:,} of {len(indices):,}" if rank is not None else "Not among the filtered digits.")
        show_detail(run, index)


def _digit_button(label: str, index: int | None, *, icon: str, shortcut: str) -> None:
    """Show a button that opens the digit at ``index``, disabled if that is None."""
    st.button(label, icon=icon, disabled=index is None, shortcut=shortcut, on_click=lambda: OPEN_DIGIT.set(str(index)))


def _close_digit(rank: int | None) -> None:
    """Close the digit and go to the gallery page that contains ``rank``; None keeps the page."""
    OPEN_DIGIT.set("")
    if rank is not None:
        PAGE.set(str(rank // PAGE_SIZE + 1))
