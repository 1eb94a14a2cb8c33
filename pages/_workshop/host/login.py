"""Who has the host's right in this session, and the way to it: a password, asked for on the page Workshop."""

from collections.abc import Callable

import streamlit as st

from mnist_core.host.auth import FILE, HostError, HostToken
from mnist_core.settings import HOST_PASSWORD
from pages._shared.messages import error_boundary
from pages._shared.services import authenticator

KEY = "host"  # in the session, which the server keeps: the host's right. No widget has this key
REFUSED = "host-refused"  # in the session: why the last password did not open
TRIES = "host-tries"  # in the session: passwords tried; each try gets an empty field


def host_token() -> HostToken | None:
    """This session's right, or None; whatever is done with it asks the door whether to believe it."""
    return st.session_state.get(KEY)


def is_host() -> bool:
    """Whether to show this session what only the host can use."""
    try:
        authenticator().check(host_token())
    except HostError:
        return False
    return True


def leave() -> None:
    """Give the right back."""
    st.session_state.pop(KEY, None)


@error_boundary
def offer_desk(on_enter: Callable[[], None]) -> None:
    """A small way in for whoever knows the password; ``on_enter`` is called when it was right."""
    key = f"password-{st.session_state.get(TRIES, 0)}"

    def submit_password() -> None:
        password = st.session_state[key]
        st.session_state[TRIES] = st.session_state.get(TRIES, 0) + 1
        try:
            st.session_state[KEY] = authenticator().authenticate(password)
        except HostError as error:
            st.session_state[REFUSED] = str(error)
        else:
            on_enter()

    refused = st.session_state.pop(REFUSED, None)
    with (
        st.popover("Host", icon=":material/key:", type="tertiary", key="host-door"),
        st.form("host-form", border=False),
    ):
        st.text_input("The host's password", type="password", key=key)
        st.form_submit_button("Open the host's desk", on_click=submit_password, type="primary")
        if refused:
            st.error(refused, icon=":material/lock:")
        st.caption(
            "It was printed where Digit Lab was started, and lies in the lab's home folder in the file "
            f"`{FILE}`, unless {HOST_PASSWORD} gave one."
        )
