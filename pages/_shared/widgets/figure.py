"""Matplotlib figures on a page, in the colours of the person's theme."""

import io
from collections.abc import Callable

import streamlit as st
from matplotlib.figure import Figure

from mnist_core.figures.style import DARK, LIGHT, Theme

DOTS_PER_INCH = 150  # sharp on a projector


def page_theme() -> Theme:
    """The figure colours that suit the theme this person sees."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def show_figure(draw: Callable[..., Figure], *values: object, width: str | int = "stretch", **options: object) -> None:
    """Show the figure that ``draw`` makes of these values and options, as wide as its place or ``width`` pixels wide.

    The same figure is drawn once: Matplotlib takes a third of a second for it, and a page runs at each click.
    """
    st.image(_drawn(draw, draw.__qualname__, *values, **options), width=width)


@st.cache_data(max_entries=100, show_spinner=False)
def _drawn(_draw: Callable[..., Figure], name: str, *values: object, **options: object) -> bytes:
    return png(_draw(*values, **options))


def png(figure: Figure) -> bytes:
    """``figure`` as a PNG, its ground as transparent as it was made."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    return buffer.getvalue()
