"""This person's data: the nickname and the drawings, with buttons to change or delete them."""

from typing import TYPE_CHECKING

import streamlit as st

from mnist_core.errors import LabError
from mnist_core.room.nicknames import MAX_NICKNAME_LENGTH
from pages._shared.identity import delete_my_data, nickname, person, set_nickname
from pages._shared.messages import error_boundary, escape_markdown, safe_callback, show_message
from pages._shared.services import stored_drawings, votes
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.wording import drawing_caption

if TYPE_CHECKING:
    from mnist_core.room.drawings import StoredDrawing

NICKNAME_ERROR_KEY = "nickname-refused"  # session state: why the last nickname was rejected
PAGE_SIZE = 12  # drawings
CELL_WIDTH = 112  # CSS pixels

PRIVACY_NOTE = (
    "Digit Lab knows you by a key in your browser, a cookie, and by nothing else: there is no account, no e-mail "
    "address and no tracking. A reload keeps the key. It is lost when your browser is closed for good or deletes its "
    "cookies, and another browser or a private window has another key. The room then takes you for somebody new: what "
    "you made stays, but only the host can remove it, and your old nickname stays taken. So that the host can count "
    "who is in, the room knows when your key was here last; ten minutes later that counts no more, and is deleted "
    "when the next visitor's is recorded."
)


def ask_nickname(key_prefix: str) -> None:
    """Show a small button with the nickname field; ``key_prefix`` makes its keys unique on a page."""
    name = nickname()
    with st.popover(escape_markdown(name) if name else "Your nickname", icon=":material/signature:", type="tertiary"):
        _nickname_field(key_prefix)
        if st.button("Yours", icon=":material/person:", key=f"{key_prefix}-yours"):
            show_my_data()


def show_my_data_button() -> None:
    """Show the sidebar button for this person's data, without the nickname: no page waits for the database."""
    if st.sidebar.button("Yours", icon=":material/person:", type="tertiary", help="Your nickname and your drawings"):
        show_my_data()


def _nickname_field(key_prefix: str) -> None:
    name = nickname()
    key = f"{key_prefix}-nickname-{name}"  # a new widget for each name: an old one's value must not undo the change

    def save() -> None:
        try:
            set_nickname(st.session_state[key])
        except LabError as error:
            st.session_state[NICKNAME_ERROR_KEY] = str(error)

    st.text_input("Your nickname", name, max_chars=MAX_NICKNAME_LENGTH, key=key, on_change=save)
    error_text = st.session_state.pop(NICKNAME_ERROR_KEY, None)
    if error_text:
        st.error(escape_markdown(error_text), icon=":material/report:")
    st.caption("Everybody in the room sees it beside your drawings. Nobody else can take it.")


@st.dialog("Yours", width="medium", icon=":material/person:")
@error_boundary
def show_my_data() -> None:
    """Show this person's nickname and drawings, each with a button to delete it."""
    show_message()
    _nickname_field("dialog")
    drawings = stored_drawings().drawn_by(person())
    if drawings:
        st.markdown(f"**Your {len(drawings):,} drawings**" if len(drawings) > 1 else "**Your drawing**")
        _show_page(drawings)
    else:
        st.info("The room has no drawing of yours.", icon=":material/draw:")
    vote_count = len(votes().cast_by(person()))
    if drawings or nickname() or vote_count:
        _show_delete_all(len(drawings), vote_count)
    st.caption(PRIVACY_NOTE)


def _show_page(drawings: "list[StoredDrawing]") -> None:
    pages = -(-len(drawings) // PAGE_SIZE)
    key = f"yours-page-{pages}"
    start = (st.session_state.get(key, 1) - 1) * PAGE_SIZE
    with st.container(horizontal=True):
        for drawing in drawings[start : start + PAGE_SIZE]:
            with st.container(width=CELL_WIDTH, gap="xsmall"):
                _show_drawing(drawing)
    if pages > 1:
        st.pagination(pages, key=key)


def _show_drawing(drawing: "StoredDrawing") -> None:
    note = "\nhidden by the host" if drawing.hidden else ""
    show_digits(drawing.digit[None], [f"{drawing_caption(drawing)}{note}"], side=CELL_WIDTH - 16)

    def take_back() -> None:
        stored_drawings().delete_own(drawing.id, person=person())

    st.button(
        "Delete",
        icon=":material/delete:",
        type="tertiary",
        on_click=safe_callback(take_back),
        key=f"delete-{drawing.id}",
    )


def _show_delete_all(drawing_count: int, vote_count: int) -> None:
    """Show the button that deletes everything. ``vote_count``: votes in the label court."""
    confirmed = st.checkbox("I want to delete all of mine", key=f"forget-{drawing_count}-{vote_count}-{nickname()}")
    parts = ["my nickname", f"{drawing_count:,} drawing{'' if drawing_count == 1 else 's'}"]
    if vote_count:
        parts.append(f"{vote_count} vote{'' if vote_count == 1 else 's'}")
    st.button(
        f"Delete {', '.join(parts[:-1])} and {parts[-1]}",
        icon=":material/delete_forever:",
        disabled=not confirmed,
        on_click=safe_callback(delete_my_data),
    )
