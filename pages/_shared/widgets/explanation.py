"""Draw, Why: which units fire, which ink decides, what it looks like to the network, how the answer grew."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.normalization import Preparation
from mnist_core.figures import colours
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.predictions import Explanation
from pages._shared.model_picker import chosen_run
from pages._shared.services import engine
from pages._shared.widgets.bars import Bar, bars_html
from pages._shared.widgets.cards import Card, cards_html
from pages._shared.widgets.digit_grid import data_url
from pages._shared.widgets.prediction import sureness

FOR, AGAINST = np.array(colours.FOR), np.array(colours.AGAINST)
FIRES = np.array([255, 221, 119])
COLUMNS = 64  # units in a row


def show_why(preparation: Preparation) -> None:
    """The reasons, from the ink to the units; the neighbours come last, as they take longest."""
    digit = preparation.digit
    explanation = engine().explain(chosen_run(), digit)
    show_ink(digit, explanation)
    units, epochs = st.columns(2, gap="large")
    with units:
        show_activity(explanation.activity)
    with epochs:
        show_epochs(explanation.epochs)
    _show_neighbours(digit)


def show_ink(digit: np.ndarray, explanation: Explanation) -> None:
    """Which ink of ``digit``, uint8 (28, 28), speaks for the answer, and which that is missing would."""
    answer, runner_up = explanation.answer, explanation.runner_up
    st.markdown(f"**Which ink decides between {answer}, the answer, and {runner_up}, the runner-up?**")
    cards = (
        Card(digit, "What the network sees", "28 × 28 pixels, and nothing else."),
        Card(
            signed(explanation.present),
            "The ink there is",
            f"Blue ink speaks for {answer}. Orange ink speaks for {runner_up}. The brighter, the more.",
        ),
        Card(
            missing(digit, explanation.missing),
            "The ink that is missing",
            f"Ink at the orange places would make it more like {runner_up}. Draw some and see.",
        ),
    )
    st.html(cards_html(cards, side=200))


def signed(shares: np.ndarray) -> np.ndarray:
    """``shares``, float32 (28, 28), as uint8 (28, 28, 3): blue speaks for the answer, orange against."""
    strength = np.sqrt(np.abs(shares) / max(float(np.abs(shares).max()), 1e-9))[..., None]
    return (strength * np.where(shares[..., None] > 0, FOR, AGAINST)).astype(np.uint8)


def missing(digit: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """``digit``, uint8 (28, 28), faint, with ``shares``, float32 (28, 28), from 0, in orange: uint8 (28, 28, 3)."""
    strength = (shares / max(float(shares.max()), 1e-9))[..., None]
    return np.clip(digit[..., None] * 0.4 * (1 - strength) + strength * AGAINST, 0, 255).astype(np.uint8)


def show_activity(activity: Sequence[np.ndarray]) -> None:
    """What each hidden layer passes on: float32 (units,) each, the first layer first."""
    st.markdown("**Which units fire?** Each cell is a unit of a hidden layer, the brighter the more it passes on.")
    for number, units in enumerate(activity, start=1):
        firing = int(np.count_nonzero(units > 0))
        st.html(_grid_html(units, f"Hidden layer {number}: {firing} of {len(units)} units fire"))


def _grid_html(units: np.ndarray, name: str) -> str:
    return (
        f'<div style="font-size: 0.9rem">{name}</div><img src="{data_url(heat(units))}" alt="{name}" '
        'style="width: 100%; image-rendering: pixelated; display: block; border-radius: 0.25rem">'
    )


def heat(units: np.ndarray) -> np.ndarray:
    """``units``, float32 (N,), in rows of 64: uint8 (rows, 64, 3), black where nothing is passed on."""
    rows = -(-len(units) // COLUMNS)
    strength = np.zeros(rows * COLUMNS)
    strength[: len(units)] = np.clip(units, 0, None) / max(float(units.max()), 1e-9)
    return (np.sqrt(strength).reshape(rows, COLUMNS, 1) * FIRES).astype(np.uint8)


def show_epochs(epochs: Mapping[int, np.ndarray]) -> None:
    """The answer, as probabilities, float (10,), after some epochs of the network's training."""
    st.markdown("**How did the answer grow?** What the network said after these epochs of its training.")
    if not epochs:
        st.caption("This run kept no snapshots of its training.")
        return
    st.html(
        bars_html(
            (_epoch(epoch, probabilities) for epoch, probabilities in epochs.items()),
            label="The answer after each of these epochs",
        )
    )


def _epoch(epoch: int, probabilities: np.ndarray) -> Bar:
    answer = int(probabilities.argmax())
    sure = float(probabilities[answer])
    return Bar(f"Epoch {epoch}", sure, f"{answer} · {sureness(sure)}", DIGIT_COLOURS[answer])


def _show_neighbours(digit: np.ndarray) -> None:
    st.markdown(
        "**What does it look like to the network?** Of the 60,000 training digits, these five make "
        "its last hidden layer fire most alike."
    )
    with st.spinner("Showing the network all 60,000 training digits, once …"):
        nearest = engine().nearest(chosen_run(), digit)
    train = mnist.load().train
    st.html(
        cards_html(
            (
                Card(
                    train.images[index],
                    f"A {train.labels[index]}",
                    f"Training digit {index}, {cosine:.0%} alike.",
                )
                for index, cosine in zip(nearest.indices, nearest.cosines, strict=True)
            ),
            side=150,
        )
    )
