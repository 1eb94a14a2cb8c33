"""Dataset: MNIST at a glance, any digit in detail, what is like it, and how it is prepared for a network."""

import streamlit as st

from pages._parts import frame
from pages._parts.dataset_about import show_about
from pages._parts.dataset_browse import show_browser
from pages._parts.dataset_controls import CLASS, OPEN, VIEW, VIEWS
from pages._parts.dataset_find import show_find
from pages._parts.dataset_first_look import show_first_look
from pages._parts.dataset_glance import show_glance
from pages._parts.dataset_histograms import show_histograms
from pages._parts.dataset_map import LAYER, METHOD, show_map_view
from pages._parts.dataset_preparation import show_preparation
from pages._parts.fragments import fragment

SHOW = {
    "first-look": show_first_look,
    "browse": show_browser,
    "find": show_find,
    "map": show_map_view,
    "glance": show_glance,
    "histograms": show_histograms,
    "preparation": show_preparation,
    "about": show_about,
}


@fragment
def show_view() -> None:
    """The choice of a view, and that view. A click redraws no more than this; the sidebar stays."""
    view = VIEW.value
    VIEW.segmented("View", VIEWS, hidden_label=True)
    SHOW[view]()
    for choice in (VIEW, OPEN, CLASS, LAYER, METHOD):
        choice.tell_address()


frame.require(__file__)
st.title("Dataset")
show_view()
