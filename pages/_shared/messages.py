"""Error messages of a page, and the escaping of text that people typed."""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from mnist_core.errors import LabError

P = ParamSpec("P")
MESSAGE_KEY = "message"  # session state: an error of a button's callback, shown once


def safe_callback(action: Callable[[], object]) -> Callable[[], None]:
    """Return a callback that runs ``action`` and shows a LabError at the top of the page instead of a traceback."""

    def callback() -> None:
        try:
            action()
        except LabError as error:
            st.session_state[MESSAGE_KEY] = str(error)

    return callback


def error_boundary(part: Callable[P, None]) -> Callable[P, None]:
    """Make ``part`` of a page show a LabError in its place: app_frame.py does not catch those of a fragment's rerun."""

    @wraps(part)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            part(*args, **kwargs)
        except LabError as error:
            st.error(str(error), icon=":material/report:")

    return wrapper


def show_message() -> None:
    """Show the error of the last callback, if there was one."""
    message = st.session_state.pop(MESSAGE_KEY, None)
    if message:
        st.error(message, icon=":material/report:")


def escape_markdown(text: str) -> str:
    """Return ``text`` with Markdown's special characters escaped, so that it is shown as it was typed."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|$~<>:&])", r"\\\1", text)
