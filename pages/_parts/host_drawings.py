"""Host's desk, Drawings: what the room does not need to see is hidden, and can be brought back."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._parts.digit_grid import show_digits
from pages._parts.fragments import ticking
from pages._parts.host_door import host
from pages._parts.lab import desk, room
from pages._parts.messages import acting, show_message
from pages._parts.room_drawings import caption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnist_core.room.drawings import StoredDrawing

SHOWN = 24  # of the newest
CELL = 112  # CSS pixels of a drawing


@ticking("5s")
def show_drawings() -> None:
    """The newest drawings with a way to hide each, then those that are hidden."""
    show_message()
    newest, hidden = room().newest(SHOWN), desk().hidden(host())
    if not newest and not hidden:
        st.info("The room has no drawings yet.", icon=":material/draw:")
    if newest:
        st.caption(f"The newest {SHOWN}. A hidden one is on no board, is not exported, and nothing learns from it.")
        _show(newest, hidden=False)
    if hidden:
        st.markdown("#### Hidden")
        _show(hidden, hidden=True)


def _show(drawings: "Sequence[StoredDrawing]", *, hidden: bool) -> None:
    action, icon = ("Show", ":material/visibility:") if hidden else ("Hide", ":material/visibility_off:")
    with st.container(horizontal=True):
        for drawing in drawings:
            with st.container(width=CELL, gap="xsmall"):
                show_digits(drawing.digit[None], [caption(drawing)], side=CELL - 16)
                st.button(
                    action,
                    icon=icon,
                    type="tertiary",
                    key=f"{action.lower()}-{drawing.id}",
                    on_click=acting(lambda id_=drawing.id: desk().hide(host(), id_, hidden=not hidden)),
                )
