"""The record of a visitor's presence, for the host's count of visitors."""

import time
from contextlib import suppress

import streamlit as st

from mnist_core.errors import LabError
from pages._shared.identity import person
from pages._shared.services import presence

RECORDED_AT_KEY = "presence-told"  # session state: monotonic time of the last record
RECORD_INTERVAL_SECONDS = 60.0


def record_presence() -> None:
    """Record this person's presence, at most once a minute. Errors are ignored, as only the count suffers."""
    now = time.monotonic()
    if now - st.session_state.get(RECORDED_AT_KEY, -RECORD_INTERVAL_SECONDS) >= RECORD_INTERVAL_SECONDS:
        st.session_state[RECORDED_AT_KEY] = now
        with suppress(LabError):
            presence().record(person())
