"""Who asks: an id for each browser, without asking anybody for anything."""

import hashlib
import uuid

import streamlit as st

COOKIE = "_streamlit_xsrf"  # Streamlit's own, kept over a reload: 2|mask|masked token|time, masked anew on each visit
KEY = "person"  # in the session: the id of a browser without the cookie


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
