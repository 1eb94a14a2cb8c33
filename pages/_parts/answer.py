"""What the network says to a digit: the answer large, the ten probabilities as bars."""

import numpy as np
import streamlit as st

from mnist_core.figures.style import DIGIT_COLOURS

STYLE = """
<style>
.answer {display: flex; align-items: center; gap: 1.25rem; flex-wrap: wrap;}
.answer b {font-size: 7rem; line-height: 1; font-weight: 700;}
.answer span {font-size: 1.25rem; max-width: 16rem;}
.bars {display: grid; grid-template-columns: 1.5rem 1fr 4.5rem; gap: 0.3rem 0.6rem; align-items: center;}
.bars i {display: block; height: 1.1rem; border-radius: 0.2rem; min-width: 2px;}
.bars span {font-variant-numeric: tabular-nums; text-align: right;}
.bars .best {font-weight: 700;}
</style>
"""
SURE, FAIRLY_SURE = 0.95, 0.7


def show_answer(probabilities: np.ndarray) -> None:
    """Show the most probable digit and how sure the network is; ``probabilities``: float (10,)."""
    digit = int(probabilities.argmax())
    sureness = f"{probabilities[digit]:.1%} sure"
    st.html(
        f'{STYLE}<div class="answer"><b style="color: {DIGIT_COLOURS[digit]}">{digit}</b>'
        f"<span>{in_words(probabilities)}<br><small>{sureness}</small></span></div>"
    )


def in_words(probabilities: np.ndarray) -> str:
    """The answer as a sentence; ``probabilities``: float (10,)."""
    second, first = np.argsort(probabilities)[-2:]
    if probabilities[first] >= SURE:
        return f"That is a {first}."
    if probabilities[first] >= FAIRLY_SURE:
        return f"Probably a {first}, perhaps a {second}."
    return f"Hard to say: a {first} or a {second}?"


def show_probabilities(probabilities: np.ndarray) -> None:
    """Show a bar for each digit; ``probabilities``: float (10,)."""
    rows = "".join(
        _bar(digit, float(share), digit == probabilities.argmax()) for digit, share in enumerate(probabilities)
    )
    st.html(f'{STYLE}<div class="bars" role="img" aria-label="The probability of each digit">{rows}</div>')


def _bar(digit: int, share: float, best: bool) -> str:
    emphasis = ' class="best"' if best else ""
    return (
        f"<span{emphasis}>{digit}</span>"
        f'<div><i style="width: {share:.2%}; background: {DIGIT_COLOURS[digit]}"></i></div>'
        f"<span{emphasis}>{share:.1%}</span>"
    )
