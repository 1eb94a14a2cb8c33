"""Workshop: the room's board for the projector, and a guided tour of the lab."""

import streamlit as st

from pages._parts import frame
from pages._parts.board_tour import show_tour
from pages._parts.board_views import show_board
from pages._parts.choice import Choice

VIEWS = {"board": "The room's board", "tour": "Guided tour"}
SHOW = {"board": show_board, "tour": show_tour}
VIEW = Choice("workshop", "view", "board", VIEWS.__contains__)

frame.require(__file__)
st.title("Workshop")
VIEW.segmented("View", VIEWS, hidden_label=True)
SHOW[VIEW.value]()
VIEW.tell_address()
