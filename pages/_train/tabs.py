"""The tabs of the Train page; the URL keeps which one is open."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages._shared.selected_run import select_run

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_tab_container import TabContainer

OPEN_TAB_KEY = "train_tab"  # session state: the label of the open tab
TAB_PARAM = "tab"  # query parameter: the id of the open tab
TABS = {
    "train": "Train a network",
    "learn": "How it learns",
    "experiments": "Experiments",
    "runs": "Runs",
    "inside": "Inside",
    "by-hand": "One step by hand",
}


def show_tabs() -> "Sequence[TabContainer]":
    """Return the tabs in their order. Only the open one needs content: opening another reruns the page."""
    requested = st.query_params.get(TAB_PARAM)
    if OPEN_TAB_KEY not in st.session_state and requested in TABS:
        st.session_state[OPEN_TAB_KEY] = TABS[requested]
    tabs = st.tabs(list(TABS.values()), key=OPEN_TAB_KEY, on_change="rerun")
    st.query_params[TAB_PARAM] = next(name for name, tab in zip(TABS, tabs, strict=True) if tab.open)
    return tabs


def open_run(run_id: str) -> None:
    """Select a run and open the first tab; for a widget's callback."""
    select_run(run_id)
    st.session_state[OPEN_TAB_KEY] = TABS["train"]
