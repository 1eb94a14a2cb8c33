"""Draw, Look closer: how the drawing became numbers, what preparation is worth, and why the network says so."""

from collections.abc import Callable

import streamlit as st

from mnist_core.digits.normalization import Preparation
from pages._draw.preprocessing_comparison import show_face_off
from pages._draw.preprocessing_steps import show_steps
from pages._shared.messages import error_boundary
from pages._shared.widgets.explanation import show_why

PANELS: dict[str, Callable[[Preparation], None]] = {
    "Step by step": show_steps,
    "Face-off": show_face_off,
    "Why": show_why,
}


@error_boundary
def look_closer(preparation: Preparation) -> None:
    """Offer the panels, none of them open at first, and show the one that is."""
    panel = st.segmented_control("Look closer", list(PANELS), key="look_closer", persist_state="session")
    if panel:
        PANELS[panel](preparation)
