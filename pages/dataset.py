"""The Dataset page: MNIST's statistics, single digits, similar digits, a map, and the preprocessing steps."""

import streamlit as st

from pages._dataset.about import show_about
from pages._dataset.browse import show_browser
from pages._dataset.embedding_map import LAYER, METHOD, show_map_view
from pages._dataset.first_look import show_first_look
from pages._dataset.histograms import show_histograms
from pages._dataset.overview import show_glance
from pages._dataset.preprocessing import show_preparation
from pages._dataset.selection import CLASS, OPEN_DIGIT, VIEW, VIEWS
from pages._dataset.similar_digits import show_find
from pages._shared.fragments import fragment

VIEW_FUNCTIONS = {
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
    """Show the view selector and the selected view; as a fragment, it reruns without the sidebar."""
    view = VIEW.value
    VIEW.segmented("View", VIEWS, hidden_label=True)
    VIEW_FUNCTIONS[view]()
    for choice in (VIEW, OPEN_DIGIT, CLASS, LAYER, METHOD):
        choice.sync_url()


st.title("Dataset")
show_view()
