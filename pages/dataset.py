"""Dataset: MNIST at a glance, any digit in detail, and how it is prepared for a network."""

import streamlit as st

from pages._parts import frame
from pages._parts.dataset_about import show_about
from pages._parts.dataset_browse import show_browser
from pages._parts.dataset_histograms import show_histograms
from pages._parts.dataset_overview import show_counts_and_means, show_first_look
from pages._parts.dataset_preparation import show_preparation

VIEWS = {
    "First look": show_first_look,
    "Browse": show_browser,
    "Histograms": show_histograms,
    "Counts and means": show_counts_and_means,
    "Preparation": show_preparation,
    "About MNIST": show_about,
}

frame.require(__file__)
st.title("Dataset")
view = st.segmented_control(
    "View",
    list(VIEWS),
    default="First look",
    required=True,
    label_visibility="collapsed",
    key="dataset_view",
    persist_state="session",
)
VIEWS[view]()
