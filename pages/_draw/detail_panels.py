"""Draw, Look closer: panels with the preprocessing, its comparison with others, and explanations."""

from collections.abc import Callable

import streamlit as st

from mnist_core.digits.normalization import Preparation
from pages._draw.preprocessing_comparison import show_preprocessing_comparison
from pages._draw.preprocessing_steps import show_steps
from pages._shared.messages import error_boundary
from pages._shared.widgets.explanation import show_explanation

PANELS: dict[str, Callable[[Preparation], None]] = {
    "Step by step": show_steps,
    "Face-off": show_preprocessing_comparison,
    "Why": show_explanation,
}


@error_boundary
def show_detail_panels(preparation: Preparation) -> None:
    """Show the choice of panels, initially none, and the chosen one."""
    panel = st.segmented_control("Look closer", list(PANELS), key="look_closer", persist_state="session")
    if panel:
        PANELS[panel](preparation)
