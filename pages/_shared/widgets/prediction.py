"""The prediction for a digit: the answer in large type, and the ten probabilities as bars."""

import numpy as np
import streamlit as st

from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.predictions import DigitPrediction
from pages._shared.widgets.bars import Bar, bars_html
from pages._shared.widgets.digit_grid import digits_html
from pages._shared.widgets.typicality import rejection_threshold, typicality_html

STYLE = """
<style>
.answer {display: flex; align-items: center; gap: 1.25rem; flex-wrap: wrap;}
.answer b {font-size: 6rem; line-height: 1; font-weight: 700;}
.answer span {font-size: 1.25rem; max-width: 16rem;}
.answer .none {opacity: 0.5;}
.doubted {opacity: 0.45;}
.beside {display: flex; gap: 1.5rem; flex-wrap: wrap; margin-top: 0.5rem;}
.beside .seen {width: 8rem;}
</style>
"""
SURE_THRESHOLD, FAIRLY_SURE_THRESHOLD = 0.95, 0.7


def show_prediction(digit: np.ndarray, prediction: DigitPrediction) -> None:
    """Show the answer, its probability, and ``digit``, uint8 (28, 28), as the network saw it.

    It is a single element of HTML, as the browser shows that sooner than several.
    """
    probabilities, typicality, threshold = prediction.probabilities, prediction.typicality, rejection_threshold()
    rejected = prediction.rejected(threshold)
    headline = _rejection_html(probabilities) if rejected else _answer_html(probabilities)
    bars_part = f'<div class="{"doubted" if rejected else ""}">{probability_bars(probabilities)}</div>'
    digit_part = digits_html(digit[None], ["What the network sees"], side=120)
    scale_part = "" if typicality is None else typicality_html(typicality, threshold)
    st.html(f'{STYLE}{headline}{bars_part}<div class="beside"><div class="seen">{digit_part}</div>{scale_part}</div>')


def _answer_html(probabilities: np.ndarray) -> str:
    answer = int(probabilities.argmax())
    return (
        f'<div class="answer"><b style="color: {DIGIT_COLOURS[answer]}">{answer}</b>'
        f"<span>{verdict_text(probabilities)}<br><small>{confidence_text(float(probabilities[answer]))}</small></span></div>"
    )


def _rejection_html(probabilities: np.ndarray) -> str:
    return (
        '<div class="answer"><b class="none">?</b><span>This does not look like a digit to me.<br>'
        f"<small>If it must be one: {probabilities.argmax()}</small></span></div>"
    )


def verdict_text(probabilities: np.ndarray) -> str:
    """Return the answer as a sentence; ``probabilities``: float (10,)."""
    second, first = np.argsort(probabilities)[-2:]
    if probabilities[first] >= SURE_THRESHOLD:
        return f"That is a {first}."
    if probabilities[first] >= FAIRLY_SURE_THRESHOLD:
        return f"Probably a {first}, perhaps a {second}."
    return f"Hard to say: a {first} or a {second}?"


def confidence_text(probability: float) -> str:
    """Return ``probability``, 0 to 1, as text, with "over 99.9%" for values that would round to 100%."""
    return f"{probability:.1%} sure" if probability < 0.9995 else "Over 99.9% sure"


def probability_bars(probabilities: np.ndarray) -> str:
    """Return the ten ``probabilities``, float (10,), as bars in HTML for ``st.html``."""
    best = probabilities.argmax()
    rows = (
        Bar(str(digit), float(share), f"{share:.1%}", DIGIT_COLOURS[digit], best=digit == best)
        for digit, share in enumerate(probabilities)
    )
    return bars_html(rows, label="The probability of each digit")
