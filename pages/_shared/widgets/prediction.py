"""What the network says to a digit: the answer large, the ten probabilities as bars."""

import numpy as np
import streamlit as st

from mnist_core.figures.colours import DIGIT_COLOURS
from pages._shared.widgets.bars import Bar, bars_html
from pages._shared.widgets.digit_grid import digits_html
from pages._shared.widgets.typicality import strangeness_html, tolerance

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
SURE, FAIRLY_SURE = 0.95, 0.7


def show_answer(digit: np.ndarray, probabilities: np.ndarray, *, typicality: float | None, rejected: bool) -> None:
    """Show the answer, how sure the network is, and ``digit``, uint8 (28, 28), as it saw it.

    ``probabilities``: float (10,). ``typicality``: the share of real digits that look at least as strange, None where
    the network does not know. One piece of HTML, as the browser paints that sooner than several.
    """
    headline = _refusal(probabilities) if rejected else _headline(probabilities)
    shares = f'<div class="{"doubted" if rejected else ""}">{bars(probabilities)}</div>'
    seen = digits_html(digit[None], ["What the network sees"], side=120)
    scale = "" if typicality is None else strangeness_html(typicality, tolerance())
    st.html(f'{STYLE}{headline}{shares}<div class="beside"><div class="seen">{seen}</div>{scale}</div>')


def _headline(probabilities: np.ndarray) -> str:
    answer = int(probabilities.argmax())
    return (
        f'<div class="answer"><b style="color: {DIGIT_COLOURS[answer]}">{answer}</b>'
        f"<span>{verdict_text(probabilities)}<br><small>{sureness(float(probabilities[answer]))}</small></span></div>"
    )


def _refusal(probabilities: np.ndarray) -> str:
    return (
        '<div class="answer"><b class="none">?</b><span>This does not look like a digit to me.<br>'
        f"<small>If it must be one: {probabilities.argmax()}</small></span></div>"
    )


def verdict_text(probabilities: np.ndarray) -> str:
    """The answer as a sentence; ``probabilities``: float (10,)."""
    second, first = np.argsort(probabilities)[-2:]
    if probabilities[first] >= SURE:
        return f"That is a {first}."
    if probabilities[first] >= FAIRLY_SURE:
        return f"Probably a {first}, perhaps a {second}."
    return f"Hard to say: a {first} or a {second}?"


def sureness(probability: float) -> str:
    """``probability``, 0 to 1, as a person would say it; what would round to 100% is only close to it."""
    return f"{probability:.1%} sure" if probability < 0.9995 else "Over 99.9% sure"


def bars(probabilities: np.ndarray) -> str:
    """The ten ``probabilities``, float (10,), as bars, for ``st.html``."""
    best = probabilities.argmax()
    rows = (
        Bar(str(digit), float(share), f"{share:.1%}", DIGIT_COLOURS[digit], best=digit == best)
        for digit, share in enumerate(probabilities)
    )
    return bars_html(rows, label="The probability of each digit")
