"""Fragments of a page that rerun on interaction, and polling fragments that also rerun at an interval.

When a fragment has finished, Streamlit removes the elements of its earlier run. If another run follows within
milliseconds, as it may with ``run_every``, Streamlit treats the first run as interrupted, and its stale elements stay
on the page (``_update_script_finished_message`` in Streamlit 1.67). A rerun of the whole page removes them.
"""

import functools
import time
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages._shared.messages import error_boundary

P = ParamSpec("P")
FRAGMENT_ENDED_KEY = "fragment-ended"  # session state: monotonic time at which a fragment last reran
STALE_ELEMENTS_SECONDS = 0.1  # longer than the server takes to report the end of a run to the browser


def fragment(part: Callable[P, None]) -> Callable[P, None]:
    """Make ``part`` of a page a fragment that shows a LabError in its place."""

    @functools.wraps(part)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            error_boundary(part)(*args, **kwargs)
        finally:
            if _is_fragment_rerun():
                st.session_state[FRAGMENT_ENDED_KEY] = time.monotonic()

    return st.fragment(wrapper)


def polling_fragment(every: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a fragment that also reruns at the interval ``every``, such as "2s".

    It reruns the page if another fragment, which may have left stale elements, has just finished.
    """

    def decorate(part: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(part)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
            ended_at = st.session_state.pop(FRAGMENT_ENDED_KEY, float("-inf"))
            if _is_fragment_rerun() and time.monotonic() - ended_at < STALE_ELEMENTS_SECONDS:
                st.rerun()
            error_boundary(part)(*args, **kwargs)

        return st.fragment(wrapper, run_every=every)

    return decorate


def _is_fragment_rerun() -> bool:
    """Return whether this script run executes only fragments."""
    return bool(get_script_run_ctx().fragment_ids_this_run)
