"""Tell the room that somebody is here, for the host's counter of who is in."""

import time
from contextlib import suppress

import streamlit as st

from mnist_core.errors import LabError
from pages._shared.identity import person
from pages._shared.services import presence

TOLD_AT = "presence-told"  # in the session: when that was
SECONDS_BETWEEN = 60.0


def record_presence() -> None:
    """Once a minute while this person uses a page; a room that cannot keep it only counts one fewer."""
    now = time.monotonic()
    if now - st.session_state.get(TOLD_AT, -SECONDS_BETWEEN) >= SECONDS_BETWEEN:
        st.session_state[TOLD_AT] = now
        with suppress(LabError):
            presence().seen(person())
