"""Host's view, Drawings: buttons that hide drawings from the room or show them again."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages._shared.fragments import polling_fragment
from pages._shared.messages import safe_callback, show_message
from pages._shared.services import stored_drawings
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.wording import drawing_caption
from pages._workshop.host.login import host_actions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnist_core.room.drawings import StoredDrawing

MAX_SHOWN = 24
CELL_WIDTH = 112  # CSS pixels of a drawing


@polling_fragment("5s")
def show_drawings() -> None:
    """Show the newest drawings, each with a button to hide it, then the hidden ones."""
    show_message()
    newest, hidden = stored_drawings().newest(MAX_SHOWN), host_actions().hidden()
    if not newest and not hidden:
        st.info("The room has no drawings yet.", icon=":material/draw:")
    if newest:
        st.caption(f"The newest {MAX_SHOWN}. A hidden one is on no board, is not exported, and nothing learns from it.")
        _show(newest, hidden=False)
    if hidden:
        st.markdown("#### Hidden")
        _show(hidden, hidden=True)


def _show(drawings: "Sequence[StoredDrawing]", *, hidden: bool) -> None:
    action, icon = ("Show", ":material/visibility:") if hidden else ("Hide", ":material/visibility_off:")
    with st.container(horizontal=True):
        for drawing in drawings:
            with st.container(width=CELL_WIDTH, gap="xsmall"):
                show_digits(drawing.digit[None], [drawing_caption(drawing)], side=CELL_WIDTH - 16)
                st.button(
                    action,
                    icon=icon,
                    type="tertiary",
                    key=f"{action.lower()}-{drawing.id}",
                    on_click=safe_callback(partial(_set_hidden, drawing.id, hidden=not hidden)),
                )


def _set_hidden(drawing_id: str, *, hidden: bool) -> None:
    host_actions().hide(drawing_id, hidden=hidden)
