"""Yours: the nickname, and the drawings that one can delete again."""

from typing import TYPE_CHECKING

import streamlit as st

from mnist_core.errors import LabError
from mnist_core.room.nicknames import LONGEST
from pages._shared.identity import call_me, forget_me, nickname, person
from pages._shared.messages import error_boundary, escape_markdown, safe_callback, show_message
from pages._shared.services import room, votes
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.wording import drawing_caption

if TYPE_CHECKING:
    from mnist_core.room.drawings import StoredDrawing

REFUSED = "nickname-refused"  # in the session: why the last nickname was none
PAGE_SIZE = 12  # drawings
CELL = 112  # CSS pixels of a drawing

WHO_YOU_ARE = (
    "Digit Lab knows you by a key in your browser, a cookie, and by nothing else: there is no account, no e-mail "
    "address and no tracking. A reload keeps the key. It is lost when your browser is closed for good or deletes its "
    "cookies, and another browser or a private window has another key. The room then takes you for somebody new: what "
    "you made stays, but only the host can remove it, and your old nickname stays taken. So that the host can count "
    "who is in, the room knows when your key was here last; ten minutes later that counts no more, and is deleted."
)


def ask_nickname(place: str) -> None:
    """A small button that asks for the nickname, and shows what is one's own; ``place`` tells apart those of a page."""
    name = nickname()
    with st.popover(escape_markdown(name) if name else "Your nickname", icon=":material/signature:", type="tertiary"):
        _name_field(place)
        if st.button("Yours", icon=":material/person:", key=f"{place}-yours"):
            show_yours()


def offer_yours() -> None:
    """The way to one's own from every page; it says no name, so that no page waits for the room to tell it."""
    if st.sidebar.button("Yours", icon=":material/person:", type="tertiary", help="Your nickname and your drawings"):
        show_yours()


def _name_field(place: str) -> None:
    name = nickname()
    key = f"{place}-nickname-{name}"  # a new field for each name: what an old one still says must not undo it

    def take() -> None:
        try:
            call_me(st.session_state[key])
        except LabError as error:
            st.session_state[REFUSED] = str(error)

    st.text_input("Your nickname", name, max_chars=LONGEST, key=key, on_change=take)
    refused = st.session_state.pop(REFUSED, None)
    if refused:
        st.error(escape_markdown(refused), icon=":material/report:")
    st.caption("Everybody in the room sees it beside your drawings. Nobody else can take it.")


@st.dialog("Yours", width="medium", icon=":material/person:")
@error_boundary
def show_yours() -> None:
    """Who one is here, and one's drawings, each with a way to delete it."""
    show_message()
    _name_field("dialog")
    drawings = room().drawn_by(person())
    if drawings:
        st.markdown(f"**Your {len(drawings):,} drawings**" if len(drawings) > 1 else "**Your drawing**")
        _show_page(drawings)
    else:
        st.info("The room has no drawing of yours.", icon=":material/draw:")
    cast = len(votes().cast_by(person()))
    if drawings or nickname() or cast:
        _offer_to_forget(len(drawings), cast)
    st.caption(WHO_YOU_ARE)


def _show_page(drawings: "list[StoredDrawing]") -> None:
    pages = -(-len(drawings) // PAGE_SIZE)
    key = f"yours-page-{pages}"
    start = (st.session_state.get(key, 1) - 1) * PAGE_SIZE
    with st.container(horizontal=True):
        for drawing in drawings[start : start + PAGE_SIZE]:
            with st.container(width=CELL, gap="xsmall"):
                _show_drawing(drawing)
    if pages > 1:
        st.pagination(pages, key=key)


def _show_drawing(drawing: "StoredDrawing") -> None:
    note = "\nhidden by the host" if drawing.hidden else ""
    show_digits(drawing.digit[None], [f"{drawing_caption(drawing)}{note}"], side=CELL - 16)

    def take_back() -> None:
        room().take_back(drawing.id, person=person())

    st.button(
        "Delete",
        icon=":material/delete:",
        type="tertiary",
        on_click=safe_callback(take_back),
        key=f"delete-{drawing.id}",
    )


def _offer_to_forget(drawings: int, cast: int) -> None:
    """``cast``: votes in the label court."""
    sure = st.checkbox("I want to delete all of mine", key=f"forget-{drawings}-{cast}-{nickname()}")
    parts = ["my nickname", f"{drawings:,} drawing{'' if drawings == 1 else 's'}"]
    if cast:
        parts.append(f"{cast} vote{'' if cast == 1 else 's'}")
    st.button(
        f"Delete {', '.join(parts[:-1])} and {parts[-1]}",
        icon=":material/delete_forever:",
        disabled=not sure,
        on_click=safe_callback(forget_me),
    )
