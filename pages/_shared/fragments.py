"""Fragments of a page that rerun on interaction, and polling fragments that also rerun at an interval."""

import functools
import time
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from pages._shared.messages import error_boundary
from pages._shared.streamlit_internals import STALE_ELEMENTS_SECONDS, is_fragment_rerun

P = ParamSpec("P")
FRAGMENT_ENDED_KEY = "fragment-ended"  # session state: monotonic time at which a fragment last reran


def fragment(part: Callable[P, None]) -> Callable[P, None]:
    """Make ``part`` of a page a fragment that shows a LabError in its place."""

    @functools.wraps(part)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            error_boundary(part)(*args, **kwargs)
        finally:
            if is_fragment_rerun():
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
            if is_fragment_rerun() and time.monotonic() - ended_at < STALE_ELEMENTS_SECONDS:
                st.rerun()
            error_boundary(part)(*args, **kwargs)

        return st.fragment(wrapper, run_every=every)

    return decorate
