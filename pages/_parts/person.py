"""Who asks: an id for each browser, without asking anybody for anything, and a nickname for who wants one."""

import hashlib
import uuid

import streamlit as st

from mnist_core.room.arrivals import MAX_NICKNAME
from pages._parts.messages import plain

COOKIE = "_streamlit_xsrf"  # Streamlit's own, kept over a reload: 2|mask|masked token|time, masked anew on each visit
KEY = "person"  # in the session: the id of a browser without the cookie
NICKNAME = "nickname"  # in the session: what this person signs drawings with


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
    """What this person signs drawings with in this session; empty for nobody."""
    return st.session_state.get(NICKNAME, "")


def ask_nickname(place: str) -> None:
    """A small button that asks for the nickname; ``place`` tells apart those of one page."""
    name = nickname()
    key = f"{place}-nickname-{name}"  # a new field for each name: what an old one still says must not undo it

    def take() -> None:
        st.session_state[NICKNAME] = st.session_state[key].strip()

    with st.popover(plain(name) if name else "Your nickname", icon=":material/signature:", type="tertiary"):
        st.text_input("Your nickname", name, max_chars=MAX_NICKNAME, key=key, on_change=take)
        st.caption("It stands beside the drawings that you save from now on, for everybody in the room.")
