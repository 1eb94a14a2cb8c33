"""Draw: draw or photograph digits that the network reads, play a round, fine-tune the network."""

import streamlit as st

from pages._draw.canvas_tab import show_canvas_tab
from pages._draw.fine_tuning_tab import show_fine_tuning_tab
from pages._draw.group_round import follow_host, plays_round, show_host_round
from pages._draw.photo_tab import show_photo_tab
from pages._draw.room_tab import show_room_tab
from pages._draw.ten_digits_tab import show_ten_digits_tab
from pages._shared.services import room_state

TABS = {
    ":material/draw: Canvas": show_canvas_tab,
    ":material/photo_camera: Photo": show_photo_tab,
    ":material/sports_score: Ten digits": show_ten_digits_tab,
    ":material/groups: The room": show_room_tab,
    ":material/school: Teach it": show_fine_tuning_tab,
}


def show_tab() -> None:
    """Show the choice of tabs, and the chosen one."""
    tab = st.segmented_control(
        "Ways to draw",
        list(TABS),
        default=next(iter(TABS)),
        required=True,
        key="way",
        persist_state="session",
        label_visibility="collapsed",
    )
    TABS[tab]()


st.title("Draw")
state = room_state()
if state.paused:
    st.info("**The host has paused drawing.** It goes on here by itself.", icon=":material/pause_circle:")
elif state.round and plays_round(state.round):
    show_host_round(state.round)
else:
    show_tab()
follow_host(state)
