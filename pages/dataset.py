"""Dataset: MNIST at a glance, any digit in detail, what is like it, and how it is prepared for a network."""

import streamlit as st

from pages._dataset.about import show_about
from pages._dataset.browse import show_browser
from pages._dataset.embedding_map import LAYER, METHOD, show_map_view
from pages._dataset.first_look import show_first_look
from pages._dataset.histograms import show_histograms
from pages._dataset.overview import show_glance
from pages._dataset.preprocessing import show_preparation
from pages._dataset.selection import CLASS, OPEN, VIEW, VIEWS
from pages._dataset.similar_digits import show_find
from pages._shared.fragments import fragment

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
        choice.sync_url()


st.title("Dataset")
show_view()
