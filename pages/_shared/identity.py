"""Who asks: an id for each browser, without asking anybody for anything, and a nickname for who wants one.

The id is all that a person is here: who loses the browser's key is somebody new, and nobody can prove otherwise.
"""

import hashlib
import uuid

import streamlit as st

from mnist_core.errors import LabError
from pages._shared.services import people

COOKIE = "_streamlit_xsrf"  # Streamlit's own, kept over a reload: 2|mask|masked token|time, masked anew on each visit
KEY = "person"  # in the session: the id of a browser without the cookie
NICKNAME = "nickname"  # in the session: what this person is called


def person() -> str:
    """The id of this browser, 16 hexadecimal digits; a browser without cookies gets a new one on each visit.

    The cookie itself guards against forged requests, so only a hash of it may be written down.
    """
    token = unmasked(st.context.cookies.get(COOKIE, ""))
    if token:
        return hashlib.sha256(token).hexdigest()[:16]
    return st.session_state.setdefault(KEY, uuid.uuid4().hex[:16])


def unmasked(cookie: str) -> bytes:
    """The token inside Streamlit's cookie, the same on every visit; empty when it is not such a cookie."""
    try:
        _, mask, masked, _ = cookie.strip("\"'").split("|")
        key = bytes.fromhex(mask)
        return bytes(byte ^ key[place % len(key)] for place, byte in enumerate(bytes.fromhex(masked)))
    except (ValueError, ZeroDivisionError):
        return b""


def nickname() -> str:
    """What this person is called; empty for who has given no name. The room is asked once in a session."""
    if NICKNAME not in st.session_state:
        try:
            st.session_state[NICKNAME] = people().nickname(person())
        except LabError:  # told where one saves something; asking again at each stroke would keep the answer waiting
            st.session_state[NICKNAME] = ""
    return st.session_state[NICKNAME]


def call_me(name: str) -> None:
    """Give this person a nickname, or take it away when empty. Raises as ``People.call`` does."""
    st.session_state[NICKNAME] = people().call(person(), name)


def forget_me() -> None:
    """Delete this person's nickname, drawings and votes. Raises RoomError when the database cannot be used."""
    people().forget(person())
    st.session_state[NICKNAME] = ""
