"""What every page of this process shares: the home folder, the engine, the dataset."""

import streamlit as st

from mnist_core.engine.client import Engine
from mnist_core.runs import store


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The connection to this lab's engine, one for all sessions."""
    return Engine(store.home())
