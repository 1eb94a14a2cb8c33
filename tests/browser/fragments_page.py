"""The page of test_fragments.py: a fragment so slow after a click that the other one polls during its run."""

import time

import streamlit as st

from pages._shared.fragments import fragment, polling_fragment

POLL_INTERVAL_SECONDS = 1


@fragment
def show_answer() -> None:
    if st.button("Clear", on_click=lambda: st.session_state.update(answered=False)):
        time.sleep(1.5 * POLL_INTERVAL_SECONDS)
    st.write("A part with an answer")  # delays the server's message that the run has ended
    if st.session_state.setdefault("answered", True):
        st.write("The answer")


@polling_fragment(f"{POLL_INTERVAL_SECONDS}s")
def show_other_part() -> None:
    st.write("The other part")


st.title("Two parts")
show_answer()
show_other_part()
