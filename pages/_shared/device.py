"""Detection of the visitor's kind of device."""

import streamlit as st


def is_phone() -> bool:
    """Return whether the browser's User-Agent header is that of a phone."""
    return "Mobi" in st.context.headers.get("User-Agent", "")
