"""Pixel values before and after the division by 255."""

import numpy as np
import streamlit as st

from mnist_core.digits.encoding import scale
from mnist_core.figures.digits import pixel_values
from pages._shared.widgets.figure import page_theme, show_figure

WIDTH = 420  # CSS pixels


def show_scaling(pixels: np.ndarray, *, before: str, after: str) -> None:
    """Show ``pixels``, uint8 (H, W), and the same scaled to 0..1; ``before`` and ``after`` are their headings."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(before)
        show_figure(pixel_values, pixels, page_theme(), largest=255, width=WIDTH)
    with right:
        st.markdown(after)
        show_figure(pixel_values, scale(pixels), page_theme(), largest=1, decimals=2, width=WIDTH)
