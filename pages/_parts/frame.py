"""See to it that every page is shown inside app.py's frame.

Streamlit finds the folder pages/ before app.py has told it of ``st.navigation``. When the first address that a new
server is asked for is a page's own (a link, a reload), it runs that page's file alone, without the frame.
"""

import streamlit as st

FRAMED = "framed"  # in the session: app.py has run
WANTED = "wanted_page"  # in the session: the page to come back to, and its query parameters


def enter() -> None:
    """Called by app.py once the pages are known; goes on to the page that was asked for without it, if one was."""
    st.session_state[FRAMED] = True
    wanted = st.session_state.pop(WANTED, None)
    if wanted:
        page, query = wanted
        st.switch_page(page, query_params=query)


def require(page: str) -> None:
    """Called by a page at the start, with its own file: without the frame, go through app.py and come back."""
    if FRAMED not in st.session_state:
        st.session_state[WANTED] = (page, st.query_params.to_dict())
        st.switch_page("app.py")
