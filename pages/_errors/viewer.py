"""Errors, the open digit: all there is to know of it, and the way to its neighbours in the gallery."""

import streamlit as st

from mnist_core.runs.run import Run
from pages._errors.digit_detail import show_detail
from pages._errors.gallery import PAGE_SIZE, VIEWER, Gallery
from pages._errors.selection import OPEN, PAGE


def show_viewer(run: Run, gallery: Gallery, index: int) -> None:
    """The test digit at ``index``, of ``gallery`` or, where a filter has left it out, beside it."""
    indices = gallery.indices.tolist()
    place = indices.index(index) if index in indices else None
    before = indices[place - 1] if place else None
    after = indices[place + 1] if place is not None and place + 1 < len(indices) else None
    with st.container(key=VIEWER):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button(
                "Back to the gallery", icon=":material/arrow_back:", on_click=_close, args=(place,), shortcut="Esc"
            )
            _go("Previous", before, icon=":material/chevron_left:", shortcut="Left")
            _go("Next", after, icon=":material/chevron_right:", shortcut="Right")
            st.caption(f"{place + 1:,} of {len(indices):,}" if place is not None else "Not among the filtered digits.")
        show_detail(run, index)


def _go(label: str, index: int | None, *, icon: str, shortcut: str) -> None:
    """A button that opens the digit at ``index``, or one that does nothing where there is none."""
    st.button(label, icon=icon, disabled=index is None, shortcut=shortcut, on_click=lambda: OPEN.set(str(index)))


def _close(place: int | None) -> None:
    """Back to the page of the gallery that the digit at ``place`` is on."""
    OPEN.set("")
    if place is not None:
        PAGE.set(str(place // PAGE_SIZE + 1))
