"""The identity of a visitor: an id for each browser, without a login, and an optional nickname.

Only the id identifies a person: a browser that loses its cookie counts as a new person.
"""

import hashlib
import time
import uuid
from contextlib import suppress

import streamlit as st

from mnist_core.errors import LabError
from pages._shared.services import people, presence
from pages._shared.streamlit_internals import browser_token

PERSON_KEY = "person"  # session state: the id of a browser without the cookie
NICKNAME_KEY = "nickname"  # session state: this person's nickname
RECORDED_AT_KEY = "presence-told"  # session state: monotonic time at which this person's presence was last recorded
RECORD_INTERVAL_SECONDS = 60.0


def person() -> str:
    """Return the id of this browser, 16 hexadecimal digits; a browser without cookies gets a new one on each visit."""
    if token := browser_token():
        return hashlib.sha256(token).hexdigest()[:16]
    return st.session_state.setdefault(PERSON_KEY, uuid.uuid4().hex[:16])


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


def record_presence() -> None:
    """Record this person's presence, at most once a minute. Errors are ignored, as only the count suffers."""
    now = time.monotonic()
    if now - st.session_state.get(RECORDED_AT_KEY, -RECORD_INTERVAL_SECONDS) >= RECORD_INTERVAL_SECONDS:
        st.session_state[RECORDED_AT_KEY] = now
        with suppress(LabError):
            presence().record(person())
