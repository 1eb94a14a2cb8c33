"""Workshop: the room's board for the projector, a guided tour of the lab, and the host's desk."""

import streamlit as st

from pages._parts import frame
from pages._parts.board_tour import show_tour
from pages._parts.board_views import show_board
from pages._parts.choice import Choice
from pages._parts.host_desk import show_host_desk
from pages._parts.host_door import is_host, offer_desk

VIEWS = {"board": "The room's board", "tour": "Guided tour"}
DESK = {"desk": "Host's desk"}
SHOW = {
    "board": show_board,
    "tour": show_tour,
    "desk": lambda: show_host_desk(on_leave=lambda: view.choose("board")),
}

frame.require(__file__)
st.title("Workshop")
host = is_host()
views = VIEWS | DESK if host else VIEWS
view = Choice("workshop", "view", "board", views.__contains__)
with st.container(horizontal=True, vertical_alignment="center"):
    view.segmented("View", views, hidden_label=True)
    if not host:
        offer_desk(lambda: view.choose("desk"))
SHOW[view.value]()
view.tell_address()
