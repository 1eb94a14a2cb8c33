"""The host's round: all are asked for the same digit at once, and see what the network read when the host says so."""

import streamlit as st

from mnist_core.room.state import RoomRound, RoomState
from pages._draw.canvas import draw_on_canvas, sheet, show_tools
from pages._draw.ten_digits_tab import keep_drawing
from pages._shared.fragments import fragment, polling_fragment
from pages._shared.group_round_result import show_result
from pages._shared.identity import person
from pages._shared.my_data import ask_nickname
from pages._shared.presence import record_presence
from pages._shared.services import room, room_now
from pages._shared.wording import with_article

SHEET = "host-round-sheet"
HANDED_IN = "host-round"  # in the session: the id of the round that this person has drawn in, as far as is known
LEFT = "host-round-left"  # in the session: the id of the round whose answers this person has seen enough of


@polling_fragment("2s")
def follow_host(shown: RoomState) -> None:
    """Draw the page anew when the host has set something else than what is ``shown``."""
    record_presence()
    if room_now() != shown:
        st.rerun()


def plays_round(round_: RoomRound | None) -> bool:
    """Whether this person is asked to draw for the host, or looks at what came of it."""
    return round_ is not None and st.session_state.get(LEFT) != round_.id


@fragment
def show_host_round(round_: RoomRound) -> None:
    """The question, the wait, or the answers."""
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
    """The room is asked once in a session: a reload must not draw a second time."""
    if HANDED_IN not in st.session_state and person() in room().handed_in(round_.id):
        st.session_state[HANDED_IN] = round_.id
    st.session_state.setdefault(HANDED_IN, None)
    return st.session_state[HANDED_IN] == round_.id


def _show_question(round_: RoomRound) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", width="content")
    told = st.container()
    drawing = draw_on_canvas(SHEET)
    show_tools(SHEET)
    row.markdown(f"### Draw {with_article(round_.digit)}", width="content")
    # Not a callback: a stroke that comes with the click is on the canvas only now.
    done = row.button("Done", type="primary", icon=":material/done:", key="host-round-done")
    st.caption("The host has asked everybody. Nobody sees an answer before the host reveals all of them.")
    ask_nickname("host-round")
    with told:
        if done and keep_drawing(drawing, round_.digit, round_=round_.id):
            st.session_state[HANDED_IN] = round_.id
            sheet(SHEET).clear()
            st.rerun()


def _show_revealed(round_: RoomRound) -> None:
    drawings = room().of_round(round_.id)
    mine = [drawing for drawing in drawings if drawing.person == person()]
    for drawing in mine:
        answer = "and the network read it right" if drawing.answer == round_.digit else f"read as {drawing.answer}"
        st.markdown(f"## Your {round_.digit}, {answer}")
    show_result(drawings, round_.digit)

    def leave() -> None:
        st.session_state[LEFT] = round_.id

    if st.button("Draw on your own", icon=":material/draw:", on_click=leave):
        st.rerun()  # all of the page: the ways to draw stand outside of this fragment
