"""Draw, Face-off: one drawing preprocessed in three ways, and read by several networks."""

import numpy as np
import streamlit as st

from mnist_core.digits.naive_preprocessing import center_by_box, resized
from mnist_core.digits.normalization import Preparation
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.runs import scan
from mnist_core.runs.run import Run
from pages._shared.messages import escape_markdown
from pages._shared.model_picker import chosen_run
from pages._shared.services import engine
from pages._shared.widgets.cards import Card, cards_html
from pages._shared.widgets.prediction import confidence_text


def show_preprocessing_comparison(preparation: Preparation) -> None:
    """Show three preprocessings read by the selected network, then MNIST's preprocessing read by each network."""
    chosen = chosen_run()
    name = escape_markdown(chosen.read_config().name)
    st.markdown(
        f"**Three preparations, one network: {name}.** Draw a small digit in a corner, "
        "then a large one in the middle, and see which answers change: a network reads best what looks like its "
        "training digits."
    )
    inputs = {
        "Canvas resized": (resized(preparation.ink), "The whole canvas shrunk to 28 × 28, as many apps do it."),
        "Centred by its box": (center_by_box(preparation.ink), "Fitted into 20 × 20, its box in the middle."),
        "As MNIST was made": (preparation.digit, "Fitted into 20 × 20, its mass in the middle."),
    }
    answers = engine().classify(chosen, np.stack([digit for digit, _ in inputs.values()]))
    cards = (_card(digit, name, text, row) for (name, (digit, text)), row in zip(inputs.items(), answers, strict=True))
    st.html(cards_html(cards, side=200))
    st.markdown("**One preparation, several networks.** All of them get the picture that was made as MNIST's were.")
    rows = ((run, engine().classify(run, preparation.digit[None])[0]) for run in _networks(chosen))
    st.html(
        cards_html((_card(preparation.digit, run.read_config().name, _score(run), row) for run, row in rows), side=200)
    )


def _networks(chosen: Run) -> list[Run]:
    """Return the shipped networks, and the selected one if it is not shipped."""
    shipped = [listed.run for listed in scan.shipped_runs()]
    return shipped if chosen in shipped else [*shipped, chosen]


def _score(run: Run) -> str:
    scores = run.read_status().scores
    return f"It reads {scores['test_accuracy']:.2%} of MNIST's test digits right." if scores else ""


def _card(digit: np.ndarray, title: str, text: str, probabilities: np.ndarray) -> Card:
    """``probabilities``: float32 (10,)."""
    answer = int(probabilities.argmax())
    confidence = confidence_text(float(probabilities[answer]))
    return Card(digit, title, text, answer=f"{answer}", note=confidence, colour=DIGIT_COLOURS[answer])
