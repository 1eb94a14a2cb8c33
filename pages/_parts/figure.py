"""Matplotlib figures on a page, in the colours of the person's theme."""

import io

import streamlit as st
from matplotlib.figure import Figure

from mnist_core.figures.style import DARK, LIGHT, Theme

DOTS_PER_INCH = 150  # sharp on a projector


def page_theme() -> Theme:
    """The figure colours that suit the theme this person sees."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def show_figure(figure: Figure, *, width: str | int = "stretch") -> None:
    """Show ``figure`` at the width of its place, or ``width`` pixels wide."""
    st.image(png(figure), width=width)


def png(figure: Figure) -> bytes:
    """``figure`` as a PNG, its ground as transparent as it was made."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    return buffer.getvalue()
