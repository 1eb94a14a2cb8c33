"""Draw: draw a digit, and the network reads it; or photograph a number, play a round, teach the network."""

import streamlit as st

from pages._parts import frame
from pages._parts.desk import show_desk
from pages._parts.host_round import follow_host, plays_round, show_host_round
from pages._parts.lab import room_now
from pages._parts.photo_panel import show_photo
from pages._parts.room_drawings import show_room_drawings
from pages._parts.rounds import show_rounds
from pages._parts.teach_it import show_teach_it

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


frame.require(__file__)
st.title("Draw")
state = room_now()
if state.paused:
    st.info("**The host has paused drawing.** It goes on here by itself.", icon=":material/pause_circle:")
elif plays_round(state.round):
    show_host_round(state.round)
else:
    show_ways()
follow_host(state)
