"""Host's desk, Drawings: what the room does not need to see is hidden, and can be brought back."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._shared.fragments import polling_fragment
from pages._shared.messages import safe_callback, show_message
from pages._shared.services import host_actions, room
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.wording import drawing_caption
from pages._workshop.host.login import host_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnist_core.room.drawings import StoredDrawing

SHOWN = 24  # of the newest
CELL = 112  # CSS pixels of a drawing


@polling_fragment("5s")
def show_drawings() -> None:
    """The newest drawings with a way to hide each, then those that are hidden."""
    show_message()
    newest, hidden = room().newest(SHOWN), host_actions().hidden(host_token())
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
                show_digits(drawing.digit[None], [drawing_caption(drawing)], side=CELL - 16)
                st.button(
                    action,
                    icon=icon,
                    type="tertiary",
                    key=f"{action.lower()}-{drawing.id}",
                    on_click=safe_callback(
                        lambda id_=drawing.id: host_actions().hide(host_token(), id_, hidden=not hidden)
                    ),
                )
