"""The page of test_fragments.py: a part so slow after a click that the next look of the other one comes meanwhile."""

import time

import streamlit as st

from pages._shared.fragments import fragment, polling_fragment

SECONDS_BETWEEN_LOOKS = 1


@fragment
def show_answer() -> None:
    if st.button("Clear", on_click=lambda: st.session_state.update(answered=False)):
        time.sleep(1.5 * SECONDS_BETWEEN_LOOKS)
    st.write("A part with an answer")  # the server then waits a moment before it sends that the run has ended
    if st.session_state.setdefault("answered", True):
        st.write("The answer")


@polling_fragment(f"{SECONDS_BETWEEN_LOOKS}s")
def look() -> None:
    st.write("The other part")


st.title("Two parts")
show_answer()
look()
