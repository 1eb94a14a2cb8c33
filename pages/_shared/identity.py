"""The identity of a visitor: an id for each browser, without a login, and an optional nickname.

Only the id identifies a person: a browser that loses its cookie counts as a new person.
"""

import hashlib
import uuid

import streamlit as st

from mnist_core.errors import LabError
from pages._shared.services import people

COOKIE = "_streamlit_xsrf"  # Streamlit's own, kept over a reload: 2|mask|masked token|time, newly masked on each visit
PERSON_KEY = "person"  # session state: the id of a browser without the cookie
NICKNAME_KEY = "nickname"  # session state: this person's nickname


def person() -> str:
    """Return the id of this browser, 16 hexadecimal digits; a browser without cookies gets a new one on each visit.

    The cookie protects against forged requests, so only its hash may be stored.
    """
    token = unmask_token(st.context.cookies.get(COOKIE, ""))
    if token:
        return hashlib.sha256(token).hexdigest()[:16]
    return st.session_state.setdefault(PERSON_KEY, uuid.uuid4().hex[:16])


def unmask_token(cookie: str) -> bytes:
    """Return the token in Streamlit's cookie, which is the same on every visit; empty if the cookie is malformed."""
    try:
        _, mask, masked, _ = cookie.strip("\"'").split("|")
        key = bytes.fromhex(mask)
        return bytes(byte ^ key[index % len(key)] for index, byte in enumerate(bytes.fromhex(masked)))
    except (ValueError, ZeroDivisionError):
        return b""


def nickname() -> str:
    """Return this person's nickname, or an empty string. The database is read once in a session."""
    if NICKNAME_KEY not in st.session_state:
        try:
            st.session_state[NICKNAME_KEY] = people().nickname(person())
        except LabError:  # saving shows the error; a retry at each stroke would delay the prediction
            st.session_state[NICKNAME_KEY] = ""
    return st.session_state[NICKNAME_KEY]


def set_nickname(name: str) -> None:
    """Set this person's nickname, or remove it if ``name`` is empty. Raises as ``People.set_nickname`` does."""
    st.session_state[NICKNAME_KEY] = people().set_nickname(person(), name)


def delete_my_data() -> None:
    """Delete this person's nickname, drawings and votes. Raises RoomError when the database cannot be used."""
    people().delete_person(person())
    st.session_state[NICKNAME_KEY] = ""
