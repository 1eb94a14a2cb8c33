"""The host's view: tabs that only an authenticated host can use."""

from collections.abc import Callable

import streamlit as st

from pages._workshop.host.backup import show_keep
from pages._workshop.host.drawings import show_drawings
from pages._workshop.host.join import show_join
from pages._workshop.host.login import log_out
from pages._workshop.host.preflight import show_preflight
from pages._workshop.host.room import show_room
from pages._workshop.host.trainings import show_trainings

TABS = {
    "Join": show_join,
    "The room": show_room,
    "Trainings": show_trainings,
    "Drawings": show_drawings,
    "Keep and reset": show_keep,
    "Preflight": show_preflight,
}


def show_host_view(on_leave: Callable[[], None]) -> None:
    """Show the tabs and run only the open one; ``on_leave`` is called after the host has logged out."""

    def close() -> None:
        log_out()
        on_leave()

    tabs = st.tabs(list(TABS), key="host-tab", on_change="rerun")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                show()
    st.divider()
    st.button("Close the desk", icon=":material/lock:", type="tertiary", on_click=close)
