"""Workshop: the room's board for the projector, a guided tour of the lab, and the host's desk."""

import streamlit as st

from pages._shared.url_state import UrlState
from pages._workshop.board.board import show_board
from pages._workshop.host.desk import show_host_desk
from pages._workshop.host.login import is_host, offer_desk
from pages._workshop.tour import show_tour

VIEWS = {"board": "The room's board", "tour": "Guided tour"}
DESK = {"desk": "Host's desk"}
SHOW = {
    "board": show_board,
    "tour": show_tour,
    "desk": lambda: show_host_desk(on_leave=lambda: view.set("board")),
}

st.title("Workshop")
host = is_host()
views = VIEWS | DESK if host else VIEWS
view = UrlState("workshop", "view", "board", views.__contains__)
with st.container(horizontal=True, vertical_alignment="center"):
    view.segmented("View", views, hidden_label=True)
    if not host:
        offer_desk(lambda: view.set("desk"))
SHOW[view.value]()
view.sync_url()
