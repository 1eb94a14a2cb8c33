"""Workshop: the room's board for the projector, a guided tour of the lab, and the host's desk."""

import streamlit as st

from pages._parts import frame
from pages._parts.board_tour import show_tour
from pages._parts.board_views import show_board
from pages._parts.choice import Choice
from pages._parts.host_desk import show_host_desk
from pages._parts.host_door import is_host, offer_desk

VIEWS = {"board": ("The room's board", show_board), "tour": ("Guided tour", show_tour)}
DESK = {"desk": ("Host's desk", lambda: show_host_desk(on_leave=lambda: view.choose("board")))}

frame.require(__file__)
st.title("Workshop")
host = is_host()
views = VIEWS | DESK if host else VIEWS
view = Choice("workshop", "view", "board", lambda text: text in views)
with st.container(horizontal=True, vertical_alignment="center"):
    st.segmented_control(
        "View",
        list(views),
        default=view.value,
        required=True,
        format_func=lambda name: views[name][0],
        label_visibility="collapsed",
        key=view.key,
        on_change=view.take,
    )
    if not host:
        offer_desk(lambda: view.choose("desk"))
views[view.value][1]()
view.tell_address()
