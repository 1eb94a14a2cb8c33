"""The Workshop page: the board for the projector, the guided tour, and the host's view."""

import streamlit as st

from pages._shared.url_state import UrlState
from pages._workshop.board.board import show_board
from pages._workshop.host.desk import show_host_view
from pages._workshop.host.login import is_host, show_login
from pages._workshop.tour import show_tour

VIEWS = {"board": "The room's board", "tour": "Guided tour"}
HOST_VIEW = {"desk": "Host's desk"}
st.title("Workshop")
hosting = is_host()
views = VIEWS | HOST_VIEW if hosting else VIEWS
view = UrlState("workshop", "view", "board", views.__contains__)
with st.container(horizontal=True, vertical_alignment="center"):
    view.segmented("View", views, hidden_label=True)
    if not hosting:
        show_login(lambda: view.set("desk"))
view_functions = {
    "board": show_board,
    "tour": show_tour,
    "desk": lambda: show_host_view(on_leave=lambda: view.set("board")),
}
view_functions[view.value]()
view.sync_url()
