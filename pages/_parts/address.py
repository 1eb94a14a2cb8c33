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
    default: Callable[[], str],
    format_func: Callable[[str], str],
    on_choose: Callable[[str], None] | None = None,
    help_: str | None = None,
) -> str:
    """A selectbox whose value is kept in the session and in the address under ``key``.

    What was chosen comes first, then what the address says, then ``default``; an option that is gone counts as
    not chosen. ``on_choose`` hears of a choice. (Streamlit's own binding would put the label there, and labels change.)
    """
    asked = st.session_state.get(key) or st.query_params.get(key)
    chosen = asked if asked in options else default()
    st.session_state[key] = st.query_params[key] = chosen
    # A new widget for each choice: what an old one still says must not undo it.
    widget = f"{key}-{chosen}"

    def choose() -> None:
        if st.session_state[key] == chosen != st.session_state[widget]:
            st.session_state[key] = st.session_state[widget]
            if on_choose:
                on_choose(st.session_state[key])

    place.selectbox(
        name,
        options,
        options.index(chosen),
        key=widget,
        format_func=format_func,
        help=help_,
        on_change=choose,
    )
    return chosen
