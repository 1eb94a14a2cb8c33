"""Choices that stand in the page's address, so that a reload or a link shows the same."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def chosen_in_address(options: Collection[str], *, key: str, default: Callable[[], str]) -> str:
    """What ``select_in_address`` has chosen or would choose, for a part of the page that does not show it."""
    asked = st.session_state.get(key) or st.query_params.get(key)
    chosen = asked if asked in options else default()
    st.session_state[key] = st.query_params[key] = chosen
    return chosen


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
    chosen = chosen_in_address(options, key=key, default=default)
    labels = distinct_labels(options, format_func)
    # A new widget for each choice and its label: what an old one still says must not undo it.
    widget = f"{key}-{chosen}-{labels[chosen]}"

    def choose() -> None:
        # A browser says a label. What it has not heard of yet may be none any more, and is then no choice.
        picked = st.session_state[widget]
        if st.session_state[key] == chosen != picked and picked in options:
            st.session_state[key] = picked
            if on_choose:
                on_choose(picked)

    place.selectbox(
        name,
        options,
        options.index(chosen),
        key=widget,
        format_func=lambda option: labels.get(option, option),
        help=help_,
        on_change=choose,
    )
    return chosen


def text_in_address(name: str, *, key: str, placeholder: str = "") -> str:
    """A text field whose value is kept in the session and in the address under ``key``; "" is not in the address."""
    first = st.session_state.setdefault(f"{key}-at-first", st.query_params.get(key, ""))
    text = st.text_input(name, first, key=key, placeholder=placeholder, persist_state="session").strip()
    put_in_address(key, text)
    return text


def toggle_in_address(name: str, *, key: str) -> bool:
    """A switch, off at first, whose value is kept in the session and in the address under ``key``."""
    first = st.session_state.setdefault(f"{key}-at-first", st.query_params.get(key) == "yes")
    on = st.toggle(name, first, key=key, persist_state="session")
    put_in_address(key, "yes" if on else "")
    return on


def put_in_address(key: str, value: str) -> None:
    """Have the address say ``value`` under ``key``, or nothing for ""."""
    if value:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)


def distinct_labels(options: Sequence[str], format_func: Callable[[str], str]) -> dict[str, str]:
    """Each option's label, numbered from the last on where several have the same: a browser only says the label."""
    seen, labels = Counter(), {}
    for option in reversed(options):
        label = format_func(option)
        seen[label] += 1
        labels[option] = f"{label} ({seen[label]})" if seen[label] > 1 else label
    return labels
