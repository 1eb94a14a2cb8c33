"""The Train page's tabs: which one is open stands in the address."""

from collections.abc import Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._shared.selected_run import select_run

KEY = "train_tab"  # in the session: the name of the open tab
TAB = "tab"  # in the address: the tab's id
TABS = {
    "train": "Train a network",
    "learn": "How it learns",
    "experiments": "Experiments",
    "runs": "Runs",
    "inside": "Inside",
    "by-hand": "One step by hand",
}


def show_tabs() -> Iterator[DeltaGenerator]:
    """The tabs in their order. Only what is open needs to be filled: opening one draws the page anew."""
    asked = st.query_params.get(TAB)
    if KEY not in st.session_state and asked in TABS:
        st.session_state[KEY] = TABS[asked]
    tabs = st.tabs(list(TABS.values()), key=KEY, on_change="rerun")
    st.query_params[TAB] = next(name for name, tab in zip(TABS, tabs, strict=True) if tab.open)
    return iter(tabs)


def open_run(run_id: str) -> None:
    """Put a run on view, from any tab; for a widget's callback."""
    select_run(run_id)
    st.session_state[KEY] = TABS["train"]
