"""The notice that a page shows while the engine starts."""

import streamlit as st

from pages._shared.fragments import polling_fragment
from pages._shared.services import engine


@polling_fragment("500ms")
def wait_for_engine(meanwhile: str = "") -> None:
    """Show that the engine is starting, with the hint ``meanwhile``; rerun the page when it is ready."""
    lab_engine = engine()
    if lab_engine.ready:
        st.rerun()
    lab_engine.ensure_started()
    if lab_engine.error:
        st.error(lab_engine.error)
    else:
        st.info(f"The network is waking up; this takes a few seconds. {meanwhile}".strip(), icon=":material/bedtime:")
