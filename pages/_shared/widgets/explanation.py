"""Draw, Why: important pixels, active units, similar training digits, and the prediction after each epoch."""

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
from pages._shared.widgets.prediction import confidence_text

POSITIVE_COLOUR, NEGATIVE_COLOUR = np.array(colours.POSITIVE_COLOUR), np.array(colours.NEGATIVE_COLOUR)
ACTIVE_COLOUR = np.array([255, 221, 119])
UNITS_PER_ROW = 64  # the width of the picture


def show_explanation(preparation: Preparation) -> None:
    """Show the explanations of a prediction; the similar digits come last, as they take longest."""
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
    """Show which ink of ``digit``, uint8 (28, 28), supports the answer, and which missing ink would change it."""
    answer, runner_up = explanation.answer, explanation.runner_up
    st.markdown(f"**Which ink decides between {answer}, the answer, and {runner_up}, the runner-up?**")
    cards = (
        Card(digit, "What the network sees", "28 × 28 pixels, and nothing else."),
        Card(
            attribution_image(explanation.present),
            "The ink there is",
            f"Blue ink speaks for {answer}. Orange ink speaks for {runner_up}. The brighter, the more.",
        ),
        Card(
            missing_ink_image(digit, explanation.missing),
            "The ink that is missing",
            f"Ink at the orange places would make it more like {runner_up}. Draw some and see.",
        ),
    )
    st.html(cards_html(cards, side=200))


def attribution_image(shares: np.ndarray) -> np.ndarray:
    """Return ``shares``, float32 (28, 28), as uint8 (28, 28, 3): blue is for the answer, orange against it."""
    strength = np.sqrt(np.abs(shares) / max(float(np.abs(shares).max()), 1e-9))[..., None]
    return (strength * np.where(shares[..., None] > 0, POSITIVE_COLOUR, NEGATIVE_COLOUR)).astype(np.uint8)


def missing_ink_image(digit: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return dimmed ``digit``, uint8 (28, 28), with ``shares``, float32 (28, 28) >= 0, in orange: uint8 (28, 28, 3)."""
    strength = (shares / max(float(shares.max()), 1e-9))[..., None]
    return np.clip(digit[..., None] * 0.4 * (1 - strength) + strength * NEGATIVE_COLOUR, 0, 255).astype(np.uint8)


def show_activity(activity: Sequence[np.ndarray]) -> None:
    """Show the activations of each hidden layer, float32 (units,) each, the first layer first."""
    st.markdown("**Which units fire?** Each cell is a unit of a hidden layer, the brighter the more it passes on.")
    for number, units in enumerate(activity, start=1):
        firing = int(np.count_nonzero(units > 0))
        st.html(_units_html(units, f"Hidden layer {number}: {firing} of {len(units)} units fire"))


def _units_html(units: np.ndarray, name: str) -> str:
    return (
        f'<div style="font-size: 0.9rem">{name}</div><img src="{data_url(activation_image(units))}" alt="{name}" '
        'style="width: 100%; image-rendering: pixelated; display: block; border-radius: 0.25rem">'
    )


def activation_image(units: np.ndarray) -> np.ndarray:
    """Return ``units``, activations, float32 (N,), in rows of 64: uint8 (rows, 64, 3), black for 0 or less."""
    rows = -(-len(units) // UNITS_PER_ROW)
    strength = np.zeros(rows * UNITS_PER_ROW)
    strength[: len(units)] = np.clip(units, 0, None) / max(float(units.max()), 1e-9)
    return (np.sqrt(strength).reshape(rows, UNITS_PER_ROW, 1) * ACTIVE_COLOUR).astype(np.uint8)


def show_epochs(epochs: Mapping[int, np.ndarray]) -> None:
    """Show the prediction by epoch; ``epochs``: probabilities, float (10,), after some epochs of the training."""
    st.markdown("**How did the answer grow?** What the network said after these epochs of its training.")
    if not epochs:
        st.caption("This run kept no snapshots of its training.")
        return
    st.html(
        bars_html(
            (_epoch_bar(epoch, probabilities) for epoch, probabilities in epochs.items()),
            label="The answer after each of these epochs",
        )
    )


def _epoch_bar(epoch: int, probabilities: np.ndarray) -> Bar:
    answer = int(probabilities.argmax())
    sure = float(probabilities[answer])
    return Bar(f"Epoch {epoch}", sure, f"{answer} · {confidence_text(sure)}", DIGIT_COLOURS[answer])


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
