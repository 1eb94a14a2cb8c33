"""Draw, during a host's round: everybody draws the same digit, and the host reveals the predictions."""

import streamlit as st

from mnist_core.room.state import RoomRound, RoomState
from pages._draw.canvas import canvas_state, draw_on_canvas, show_tools
from pages._draw.ten_digits_tab import save_round_drawing
from pages._shared.fragments import fragment, polling_fragment
from pages._shared.group_round_result import show_result
from pages._shared.identity import person, record_presence
from pages._shared.my_data import ask_nickname
from pages._shared.services import room_state, stored_drawings
from pages._shared.wording import with_article

CANVAS_NAME = "host-round-sheet"
HANDED_IN_KEY = "host-round"  # session state: the id of the last round known to have this person's drawing
LEFT_ROUND_KEY = "host-round-left"  # session state: the id of the round that this person has left


@polling_fragment("2s")
def follow_host(shown: RoomState) -> None:
    """Rerun the page when the room state differs from ``shown``, the one on the page."""
    record_presence()
    if room_state() != shown:
        st.rerun()


def plays_round(round_: RoomRound) -> bool:
    """Return whether this person takes part in the round or views its result."""
    return st.session_state.get(LEFT_ROUND_KEY) != round_.id


@fragment
def show_host_round(round_: RoomRound) -> None:
    """Show the task, the wait for the host, or the result."""
    if round_.revealed:
        _show_revealed(round_)
    elif _has_handed_in(round_):
        st.success(
            f"**Your {round_.digit} is handed in.** What the network read shows up here when the host reveals it.",
            icon=":material/check:",
        )
    else:
        _show_question(round_)


def _has_handed_in(round_: RoomRound) -> bool:
    """Return whether this person has drawn; the database, read once a session, knows it after a reload."""
    if HANDED_IN_KEY not in st.session_state and person() in stored_drawings().participants(round_.id):
        st.session_state[HANDED_IN_KEY] = round_.id
    st.session_state.setdefault(HANDED_IN_KEY, None)
    return st.session_state[HANDED_IN_KEY] == round_.id


def _show_question(round_: RoomRound) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", width="content")
    message_container = st.container()
    drawing = draw_on_canvas(CANVAS_NAME)
    show_tools(CANVAS_NAME)
    row.markdown(f"### Draw {with_article(round_.digit)}", width="content")
    # Not a callback: a stroke that arrives with the click is on the canvas only now.
    is_done = row.button("Done", type="primary", icon=":material/done:", key="host-round-done")
    st.caption("The host has asked everybody. Nobody sees an answer before the host reveals all of them.")
    ask_nickname("host-round")
    with message_container:
        if is_done and save_round_drawing(drawing, round_.digit, round_=round_.id):
            st.session_state[HANDED_IN_KEY] = round_.id
            canvas_state(CANVAS_NAME).clear()
            st.rerun()


def _show_revealed(round_: RoomRound) -> None:
    drawings = stored_drawings().in_round(round_.id)
    mine = [drawing for drawing in drawings if drawing.person == person()]
    for drawing in mine:
        answer = "and the network read it right" if drawing.answer == round_.digit else f"read as {drawing.answer}"
        st.markdown(f"## Your {round_.digit}, {answer}")
    show_result(drawings, round_.digit)

    def leave() -> None:
        st.session_state[LEFT_ROUND_KEY] = round_.id

    if st.button("Draw on your own", icon=":material/draw:", on_click=leave):
        st.rerun()  # the whole page: the tabs are outside of this fragment
