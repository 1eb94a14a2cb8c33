"""What a page tells people when something does not work, and how it writes their own words."""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from mnist_core.errors import LabError

P = ParamSpec("P")
KEY = "message"  # in the session: an error of a button's action, shown once


def safe_callback(action: Callable[[], object]) -> Callable[[], None]:
    """A button's callback that does ``action``; a LabError is shown at the top of the page instead of a traceback."""

    def callback() -> None:
        try:
            action()
        except LabError as error:
            st.session_state[KEY] = str(error)

    return callback


def error_boundary(part: Callable[P, None]) -> Callable[P, None]:
    """A part of a page that shows a LabError in its place: app.py does not see what a fragment raises on its own."""

    @wraps(part)
    def shown(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            part(*args, **kwargs)
        except LabError as error:
            st.error(str(error), icon=":material/report:")

    return shown


def show_message() -> None:
    """Show the error of the last action, if it had one."""
    message = st.session_state.pop(KEY, None)
    if message:
        st.error(message, icon=":material/report:")


def escape_markdown(text: str) -> str:
    """``text`` with Markdown's signs escaped: what people type is shown as they typed it."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|$~<>:&])", r"\\\1", text)
