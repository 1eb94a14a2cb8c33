"""Draw, Step by step: from the drawing to the 784 numbers of the network's input."""

import numpy as np
import streamlit as st

from mnist_core.config import SIDE
from mnist_core.digits.encoding import flatten
from mnist_core.digits.normalization import BOX, MASS_CENTER, Preparation, extent
from pages._shared.widgets.cards import Card, cards_html
from pages._shared.widgets.pixel_strips import strips_html
from pages._shared.widgets.pixel_values import show_scaling

ROWS, COLUMNS = 8, 10  # of the pixel values that are shown: few enough to read
MARK_COLOUR = np.array([238, 119, 51], np.uint8)  # of the box around the ink and the lines through the centre


def show_steps(preparation: Preparation) -> None:
    """Show each step as a picture with a sentence, then the pixel values."""
    st.markdown("MNIST's digits were all made in the same way, and a network reads best what looks like them.")
    st.html(cards_html(_cards(preparation), side=200))
    show_scaling(
        most_inked(preparation.digit),
        before="**5. Numbers.** Each pixel is a number from 0 to 255. Here are 8 rows and 10 columns of them.",
        after="**6. Divided by 255.** The network's first layer makes them numbers from 0 to 1.",
    )
    st.markdown("**7. One row of 784.** The 28 rows are laid end to end, cut here to fit. The network gets no more.")
    st.html(strips_html(flatten(preparation.digit[None])[0]))


def _cards(preparation: Preparation) -> list[Card]:
    height, width = preparation.cropped.shape
    side = len(preparation.ink)
    return [
        Card(boxed(preparation.ink), "1. Your drawing", f"Ink on {side} × {side} pixels, and the box around it."),
        Card(preparation.cropped, "2. Cropped", f"What is outside the box goes: {width} × {height} pixels are left."),
        Card(
            preparation.fitted,
            f"3. Fitted into {BOX} × {BOX}",
            "Shrunk or enlarged until its longer side has 20 pixels; it keeps its shape.",
        ),
        Card(
            crossed(preparation.digit),
            f"4. Centred in {SIDE} × {SIDE}",
            "Moved until its centre of mass, where it would balance, is in the middle.",
        ),
    ]


def most_inked(digit: np.ndarray) -> np.ndarray:
    """Return the window of ``digit``, uint8 (28, 28), with the most ink: uint8 (8, 10)."""
    parts = np.lib.stride_tricks.sliding_window_view(digit, (ROWS, COLUMNS))
    ink = parts.sum(axis=(2, 3))
    return parts[np.unravel_index(ink.argmax(), ink.shape)]


def boxed(ink: np.ndarray) -> np.ndarray:
    """Return ``ink``, uint8 (H, W), with a box around its content: uint8 (H, W, 3)."""
    picture = np.repeat(ink[..., None], 3, axis=2)
    thickness = max(1, len(ink) // 140)
    rows, columns = extent(ink)
    box = np.zeros(ink.shape, bool)
    box[rows, columns] = True
    box[rows.start + thickness : rows.stop - thickness, columns.start + thickness : columns.stop - thickness] = False
    picture[box] = MARK_COLOUR
    return picture


def crossed(digit: np.ndarray, *, enlarged: int = 8) -> np.ndarray:
    """Return ``digit``, uint8 (28, 28), enlarged, with lines through MNIST's centre of mass: uint8 (H, W, 3)."""
    picture = np.repeat(np.kron(digit, np.ones((enlarged, enlarged), np.uint8))[..., None], 3, axis=2)
    middle = round(MASS_CENTER * enlarged)
    picture[middle, :] = picture[:, middle] = MARK_COLOUR
    return picture
