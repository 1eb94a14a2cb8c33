"""Take away what a fragment's run left on the page.

Streamlit takes an earlier run's elements away when a fragment has finished. Where the next run follows within
milliseconds, as that of a fragment with ``run_every`` may, it marks the first one as cut short, and what that one no
longer shows stays on the page (``_update_script_finished_message`` in Streamlit 1.67). A run of the whole page helps.
"""

import functools
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import streamlit as st

ENDED_AT = "fragment-ended"  # in the session: when a fragment last ran by itself
SECONDS_TO_TELL = 0.5  # far more than the browser's queue takes to be sent
P = ParamSpec("P")
R = TypeVar("R")


def noting_end(fragment: Callable[P, R]) -> Callable[P, R]:
    """Have ``left_behind`` know when ``fragment`` has run."""

    @functools.wraps(fragment)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return fragment(*args, **kwargs)
        finally:
            st.session_state[ENDED_AT] = time.monotonic()

    return run


def left_behind() -> bool:
    """Whether a fragment with ``noting_end`` has run so shortly before that it may have left something."""
    return time.monotonic() - st.session_state.get(ENDED_AT, float("-inf")) < SECONDS_TO_TELL


def forget_end() -> None:
    """Called by a run of the whole page, which takes everything away that is not shown any more."""
    st.session_state.pop(ENDED_AT, None)
