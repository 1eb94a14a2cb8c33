"""The 784 pixels of a digit in their order, as image strips."""

import numpy as np

from pages._shared.widgets.digit_grid import data_url

STRIPS = 4  # the 784 pixels are shown as this many strips of 7 rows each


def strips_html(pixels: np.ndarray) -> str:
    """Return ``pixels``, uint8 (784,), cut into strips that fit a page, as HTML for ``st.html``."""
    return "".join(_strip(strip, number) for number, strip in enumerate(pixels.reshape(STRIPS, -1)))


def _strip(pixels: np.ndarray, number: int) -> str:
    first = number * len(pixels)
    name = f"Pixels {first} to {first + len(pixels) - 1} (rows {first // 28} to {(first + len(pixels)) // 28 - 1})"
    return (
        f'<div style="font-size: 0.8rem">{name}</div><img src="{data_url(pixels[None])}" alt="{name}" '
        'style="width: 100%; height: 1.75rem; image-rendering: pixelated; display: block; margin-bottom: 0.5rem">'
    )
