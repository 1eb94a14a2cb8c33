"""Matplotlib figures on a page, in the colours of the visitor's theme."""

import io
from collections.abc import Callable
from typing import Literal

import streamlit as st
from matplotlib.figure import Figure

from mnist_core.figures.style import DARK, LIGHT, Theme

DOTS_PER_INCH = 150  # sharp on a projector


def page_theme() -> Theme:
    """Return the figure colours for the visitor's Streamlit theme."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def show_figure(
    draw: Callable[..., Figure],
    *values: object,
    width: Literal["stretch", "content"] | int = "stretch",
    alt: str | None = None,
    **options: object,
) -> None:
    """Show the figure that ``draw`` returns for these arguments, as wide as its container or ``width`` pixels.

    ``alt``: the text for screen readers. The image is cached by the name of ``draw`` and its arguments: Matplotlib
    takes a third of a second for it, and a page reruns at each click.
    """
    st.image(_rendered_png(draw, draw.__qualname__, *values, **options), width=width, alt=alt)


@st.cache_data(max_entries=100, show_spinner=False)
def _rendered_png(_draw: Callable[..., Figure], name: str, *values: object, **options: object) -> bytes:
    return png(_draw(*values, **options))


def png(figure: Figure) -> bytes:
    """Return ``figure`` as a PNG; a transparent background stays transparent."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    return buffer.getvalue()
