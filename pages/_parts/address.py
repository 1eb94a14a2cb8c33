"""Choices that stand in the page's address, so that a reload or a link shows the same."""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def select_in_address(
    place: DeltaGenerator,
    name: str,
    options: Sequence[str],
    *,
    key: str,
    default: str,
    format_func: Callable[[str], str],
    help_: str | None = None,
) -> str:
    """A selectbox whose value is kept in the session and in the address under ``key``.

    What was chosen comes first, then what the address says, then ``default``; an option that is gone counts as
    not chosen. (Streamlit's own binding would put the label there, and labels change.)
    """
    asked = st.session_state.get(key) or st.query_params.get(key)
    st.session_state[key] = asked if asked in options else default
    chosen = place.selectbox(name, options, key=key, persist_state="session", format_func=format_func, help=help_)
    st.query_params[key] = chosen
    return chosen
