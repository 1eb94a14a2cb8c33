"""Draw: draw a digit, and the network reads it; or photograph a number, play a round, teach the network."""

import streamlit as st

from pages._draw.canvas_tab import show_desk
from pages._draw.fine_tuning_tab import show_teach_it
from pages._draw.group_round import follow_host, plays_round, show_host_round
from pages._draw.photo_tab import show_photo
from pages._draw.room_tab import show_room_drawings
from pages._draw.ten_digits_tab import show_rounds
from pages._shared.services import room_now

WAYS = {
    ":material/draw: Canvas": show_desk,
    ":material/photo_camera: Photo": show_photo,
    ":material/sports_score: Ten digits": show_rounds,
    ":material/groups: The room": show_room_drawings,
    ":material/school: Teach it": show_teach_it,
}


def show_ways() -> None:
    """The choice between them, and the one that is chosen."""
    way = st.segmented_control(
        "Ways to draw",
        list(WAYS),
        default=next(iter(WAYS)),
        required=True,
        key="way",
        persist_state="session",
        label_visibility="collapsed",
    )
    WAYS[way]()


st.title("Draw")
state = room_now()
if state.paused:
    st.info("**The host has paused drawing.** It goes on here by itself.", icon=":material/pause_circle:")
elif plays_round(state.round):
    show_host_round(state.round)
else:
    show_ways()
follow_host(state)
