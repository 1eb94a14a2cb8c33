"""Digits side by side: light on dark, with hard pixel edges, as many in a row as fit on the screen."""

import base64
import html
import io
from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image

STYLE = """
<style>
.digits {display: grid; gap: 0.5rem; grid-template-columns: repeat(auto-fill, minmax(var(--side), 1fr));}
.digits figure {margin: 0; text-align: center;}
.digits img {width: 100%; image-rendering: pixelated; border-radius: 0.25rem; display: block;}
.digits figcaption {font-size: 0.8rem; padding-top: 0.15rem; overflow-wrap: anywhere; white-space: pre-line;}
</style>
"""


def show_digits(digits: np.ndarray, captions: Sequence[str], *, side: int = 72) -> None:
    """Show ``digits``, uint8 (N, 28, 28), with a caption below each, at least ``side`` CSS pixels wide."""
    st.html(digits_html(digits, captions, side=side))


def digits_html(digits: np.ndarray, captions: Sequence[str], *, side: int) -> str:
    """Return the HTML that ``show_digits`` shows, to combine it with other HTML."""
    cells = "".join(_cell(*each) for each in zip(digits, captions, strict=True))
    return f'{STYLE}<div class="digits" style="--side: {side}px">{cells}</div>'


def _cell(digit: np.ndarray, caption: str) -> str:
    text = html.escape(caption)
    return f'<figure><img src="{data_url(digit)}" alt="{text}"><figcaption>{text}</figcaption></figure>'


def data_url(digit: np.ndarray) -> str:
    """Return ``digit``, uint8 (H, W) or (H, W, 3), as a PNG in a data URL."""
    buffer = io.BytesIO()
    Image.fromarray(digit).save(buffer, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
