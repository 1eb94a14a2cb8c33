"""Parts of a page that run by themselves: those that a click in them redraws, and those that look again in time.

Streamlit takes an earlier run's elements away when a fragment has finished. Where the next run follows within
milliseconds, as that of a fragment with ``run_every`` may, it marks the first one as cut short, and what that one no
longer shows stays on the page (``_update_script_finished_message`` in Streamlit 1.67). A run of the whole page helps.
"""

import functools
import time
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages._shared.messages import error_boundary

P = ParamSpec("P")
ENDED_AT = "fragment-ended"  # in the session: when a fragment last ran without the page
SECONDS_TO_TELL = 0.1  # more than the server takes to send a run's end to the browser; a run of the page costs as much


def fragment(part: Callable[P, None]) -> Callable[P, None]:
    """A part of a page that a click in it redraws alone, and that shows a LabError in its place."""

    @functools.wraps(part)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            error_boundary(part)(*args, **kwargs)
        finally:
            if _without_the_page():
                st.session_state[ENDED_AT] = time.monotonic()

    return st.fragment(run)


def polling_fragment(every: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """A ``fragment`` that runs again ``every`` so often, "2s"; it redraws the page if another may have left something.

    Its own next run takes away what it left itself.
    """

    def decorate(part: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(part)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            ended_at = st.session_state.pop(ENDED_AT, float("-inf"))
            if _without_the_page() and time.monotonic() - ended_at < SECONDS_TO_TELL:
                st.rerun()
            error_boundary(part)(*args, **kwargs)

        return st.fragment(run, run_every=every)

    return decorate


def _without_the_page() -> bool:
    """Whether this run is one of fragments alone."""
    return bool(get_script_run_ctx().fragment_ids_this_run)
