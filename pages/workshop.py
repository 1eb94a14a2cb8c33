"""Workshop: the room's board for the projector, and a guided tour of the lab."""

import streamlit as st

from pages._parts import frame
from pages._parts.board_tour import show_tour
from pages._parts.board_views import show_board
from pages._parts.choice import Choice

VIEWS = {"board": ("The room's board", show_board), "tour": ("Guided tour", show_tour)}
VIEW = Choice("workshop", "view", "board", lambda text: text in VIEWS)

frame.require(__file__)
st.title("Workshop")
st.segmented_control(
    "View",
    list(VIEWS),
    default=VIEW.value,
    required=True,
    format_func=lambda view: VIEWS[view][0],
    label_visibility="collapsed",
    key=VIEW.key,
    on_change=VIEW.take,
)
VIEWS[VIEW.value][1]()
VIEW.tell_address()
