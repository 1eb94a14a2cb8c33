"""The host's desk: what only the host sees and does, a topic a tab."""

from collections.abc import Callable

import streamlit as st

from pages._workshop.host.backup import show_keep
from pages._workshop.host.drawings import show_drawings
from pages._workshop.host.join import show_join
from pages._workshop.host.login import leave
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
