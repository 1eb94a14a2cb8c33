"""The host's desk: what only the host sees and does, a topic a tab."""

from collections.abc import Callable

import streamlit as st

from pages._parts.host_door import leave
from pages._parts.host_drawings import show_drawings
from pages._parts.host_join import show_join
from pages._parts.host_keep import show_keep
from pages._parts.host_line import show_trainings
from pages._parts.host_preflight import show_preflight
from pages._parts.host_room import show_room

TABS = {
    "Join": show_join,
    "The room": show_room,
    "Trainings": show_trainings,
    "Drawings": show_drawings,
    "Keep and reset": show_keep,
    "Preflight": show_preflight,
}


def show_host_desk(on_leave: Callable[[], None]) -> None:
    """The open tab alone is filled; ``on_leave`` is called when the host closes the desk."""

    def close() -> None:
        leave()
        on_leave()

    tabs = st.tabs(list(TABS), key="host-tab", on_change="rerun")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                show()
    st.divider()
    st.button("Close the desk", icon=":material/lock:", type="tertiary", on_click=close)
