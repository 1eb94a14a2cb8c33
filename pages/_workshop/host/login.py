"""The host's login: the form for the password, the token in the session state, and the actions that it opens."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from mnist_core.host.auth import FILE, HostError, HostToken
from mnist_core.settings import HOST_PASSWORD
from pages._shared import services
from pages._shared.messages import error_boundary
from pages._shared.services import authenticator

if TYPE_CHECKING:
    from mnist_core.host.actions import HostActions

TOKEN_KEY = "host"  # session state, on the server: the HostToken. No widget may have this key
ERROR_KEY = "host-refused"  # session state: the error of the last login
TRIES_KEY = "host-tries"  # session state: number of logins tried; a new number gives an empty password field


def host_actions() -> "HostActions":
    """Return the host's actions for this session. Raises HostError unless the host has logged in here."""
    return services.host_actions(_token())


def _token() -> HostToken | None:
    """Return this session's token, unchecked, or None."""
    return st.session_state.get(TOKEN_KEY)


def is_host() -> bool:
    """Return whether this session has a valid token, for showing what only the host can use."""
    try:
        authenticator().check(_token())
    except HostError:
        return False
    return True


def log_out() -> None:
    """Remove the token from the session."""
    st.session_state.pop(TOKEN_KEY, None)


@error_boundary
def show_login(on_enter: Callable[[], None]) -> None:
    """Show a popover with the password form; ``on_enter`` is called after a successful login."""
    key = f"password-{st.session_state.get(TRIES_KEY, 0)}"

    def submit_password() -> None:
        password = st.session_state[key]
        st.session_state[TRIES_KEY] = st.session_state.get(TRIES_KEY, 0) + 1
        try:
            st.session_state[TOKEN_KEY] = authenticator().authenticate(password)
        except HostError as error:
            st.session_state[ERROR_KEY] = str(error)
        else:
            on_enter()

    error_text = st.session_state.pop(ERROR_KEY, None)
    with (
        st.popover("Host", icon=":material/key:", type="tertiary", key="host-door"),
        st.form("host-form", border=False),
    ):
        st.text_input("The host's password", type="password", key=key)
        st.form_submit_button("Open the host's desk", on_click=submit_password, type="primary")
        if error_text:
            st.error(error_text, icon=":material/lock:")
        st.caption(
            "It was printed where Digit Lab was started, and lies in the lab's home folder in the file "
            f"`{FILE}`, unless {HOST_PASSWORD} gave one."
        )
