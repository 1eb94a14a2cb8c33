"""Draw, Ten digits: a round in which each digit is drawn once and read; the room keeps the drawings."""

import random
from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st

from mnist_core.digits.drawing import Drawing
from mnist_core.engine.shared import EngineNotReady
from pages._draw.canvas import canvas_cells, canvas_state, draw_on_canvas, show_tools
from pages._shared.fragments import fragment
from pages._shared.identity import nickname, person
from pages._shared.model_picker import chosen_run
from pages._shared.my_data import ask_nickname
from pages._shared.services import engine, stored_drawings
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.wording import with_article

ROUND_KEY = "round"  # session state: the current Round
CANVAS_NAME = "round-sheet"


@dataclass(frozen=True)
class Result:
    """The requested ``label``, the ``answer`` of the network, and the ``digit`` it saw, uint8 (28, 28)."""

    label: int
    answer: int
    digit: np.ndarray

    @property
    def right(self) -> bool:
        """Whether the answer is the requested label."""
        return self.answer == self.label


@dataclass
class Round:
    """A round: each digit once, in random order."""

    order: list[int] = field(default_factory=lambda: random.sample(range(10), 10))
    results: list[Result] = field(default_factory=list)

    @property
    def next_digit(self) -> int | None:
        """The digit to draw next; None at the end."""
        return self.order[len(self.results)] if len(self.results) < len(self.order) else None

    @property
    def right(self) -> int:
        """The number of digits read right so far."""
        return sum(result.right for result in self.results)


@fragment
def show_ten_digits_tab() -> None:
    """Show the current round, or its score."""
    round_ = st.session_state.setdefault(ROUND_KEY, Round())
    digit = round_.next_digit
    if digit is None:
        _show_score(round_)
    else:
        _show_question(round_, digit)


def _show_question(round_: Round, digit: int) -> None:
    left, right = canvas_cells()
    with left:
        # The task and its button are above the canvas: a phone then shows them without scrolling.
        row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
        message_container = st.container()
        position = len(round_.results)
        st.progress(position / 10, f"Digit {position + 1} of 10{_last_result_text(round_)}")
        drawing = draw_on_canvas(CANVAS_NAME)
        show_tools(CANVAS_NAME)
        row.markdown(f"### Draw {with_article(digit)}", width="content")
        # Not a callback: a stroke that arrives with the click is on the canvas only now.
        is_done = row.button("Done", type="primary", icon=":material/done:", key="round-done")
        with message_container:
            if is_done and _hand_in(round_, drawing, digit):
                st.rerun()
    with right:
        st.write("You draw the ten digits, one after the other. The network reads each when you press Done.")
        ask_nickname("round")
        if round_.results:
            _show_results(round_.results)


def _last_result_text(round_: Round) -> str:
    """Return the previous result, to show beside the progress: a phone shows little more above its canvas."""
    if not round_.results:
        return ""
    last = round_.results[-1]
    template = ":green[:material/check: {}]" if last.right else ":orange[:material/close: {}]"
    return " · " + template.format(f"Your {last.label} was read as {with_article(last.answer)}")


def _hand_in(round_: Round, drawing: Drawing, digit: int) -> bool:
    """Save ``drawing`` of the requested ``digit``; return whether that was possible."""
    result = save_round_drawing(drawing, digit)
    if result is None:
        return False
    round_.results.append(result)
    canvas_state(CANVAS_NAME).clear()
    return True


def save_round_drawing(drawing: Drawing, label: int, *, round_: str | None = None) -> Result | None:
    """Save ``drawing`` with its prediction and its ``label``; None if that is not possible, which is shown.

    ``round_``: the id of the host's round that it belongs to.
    """
    from mnist_core.room.drawings import ROUND

    preparation = drawing.prepared()
    if preparation is None:
        st.info(f"The canvas is blank. Draw {with_article(label)}, then press Done.", icon=":material/draw:")
        return None
    try:
        prediction = engine().predict_digit(chosen_run(), preparation.digit)
    except EngineNotReady:
        engine().ensure_started()
        st.info("The network is waking up. Press Done again in a few seconds.", icon=":material/bedtime:")
        return None
    author = {"person": person(), "nickname": nickname()}
    labelled = replace(drawing, label=label)
    stored_drawings().add(labelled, preparation.digit, prediction, source=ROUND, round_=round_, **author)
    return Result(label, prediction.answer, preparation.digit)


def _show_results(results: list[Result]) -> None:
    captions = [f"{each.label}" if each.right else f"{each.label}, read as {each.answer}" for each in results]
    show_digits(np.stack([each.digit for each in results]), captions, side=64)


def _show_score(round_: Round) -> None:
    st.markdown(f"### {round_.right} of {len(round_.results)} read right")
    st.write(
        "The network read all of them. Try to draw as carelessly as you usually write."
        if round_.right == len(round_.results)
        else "What it read wrong is what it can learn from: the room keeps your drawings with the digits you drew."
    )
    _show_results(round_.results)

    def play_again() -> None:
        st.session_state[ROUND_KEY] = Round()

    st.button("Another round", type="primary", icon=":material/replay:", on_click=play_again)
