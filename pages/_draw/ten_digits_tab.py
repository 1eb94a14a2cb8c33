"""Rounds: the page asks for each digit once, people draw it, the network reads it; the room keeps the drawings."""

import random
from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st

from mnist_core.digits.drawing import Drawing, rasterize
from mnist_core.digits.normalization import prepare
from mnist_core.engine.protocol import EngineNotReady
from pages._draw.canvas import draw_on_canvas, sheet, show_tools
from pages._shared.fragments import fragment
from pages._shared.identity import nickname, person
from pages._shared.model_picker import chosen_run
from pages._shared.my_data import ask_nickname
from pages._shared.services import engine, room
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.wording import with_article

KEY = "round"  # in the session: the round that is played
SHEET = "round-sheet"


@dataclass(frozen=True)
class Result:
    """What was asked for, what the network read, and the ``digit`` it saw, uint8 (28, 28)."""

    asked: int
    read: int
    digit: np.ndarray

    @property
    def right(self) -> bool:
        """Whether the network read what was asked for."""
        return self.read == self.asked


@dataclass
class Round:
    """Each digit once, in an order nobody knows beforehand."""

    order: list[int] = field(default_factory=lambda: random.sample(range(10), 10))
    results: list[Result] = field(default_factory=list)

    @property
    def asked(self) -> int | None:
        """The digit that is asked for; None at the end."""
        return self.order[len(self.results)] if len(self.results) < len(self.order) else None

    @property
    def right(self) -> int:
        """How many the network has read right so far."""
        return sum(result.right for result in self.results)


@fragment
def show_rounds() -> None:
    """Show the round that is played, or its score."""
    round_ = st.session_state.setdefault(KEY, Round())
    if round_.asked is None:
        _show_score(round_)
    else:
        _show_question(round_)


def _show_question(round_: Round) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        # All that one needs stands above the canvas: a phone then shows it without scrolling.
        row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
        told = st.container()
        number = len(round_.results)
        st.progress(number / 10, f"Digit {number + 1} of 10{_last(round_)}")
        drawing = draw_on_canvas(SHEET)
        show_tools(SHEET)
        row.markdown(f"### Draw {with_article(round_.asked)}", width="content")
        # Not a callback: a stroke that comes with the click is on the canvas only now.
        done = row.button("Done", type="primary", icon=":material/done:", key="round-done")
        with told:
            if done and _hand_in(round_, drawing):
                st.rerun()
    with right:
        st.write("You draw the ten digits, one after the other. The network reads each when you press Done.")
        ask_nickname("round")
        if round_.results:
            _show_results(round_.results)


def _last(round_: Round) -> str:
    """How the digit before was read, beside the progress: a phone shows little more above its canvas."""
    if not round_.results:
        return ""
    last = round_.results[-1]
    told = ":green[:material/check: {}]" if last.right else ":orange[:material/close: {}]"
    return " · " + told.format(f"Your {last.asked} was read as {with_article(last.read)}")


def _hand_in(round_: Round, drawing: Drawing) -> bool:
    """Have the network read ``drawing`` and the room keep it; returns whether that was done."""
    result = keep_drawing(drawing, round_.asked)
    if result is None:
        return False
    round_.results.append(result)
    sheet(SHEET).clear()
    return True


def keep_drawing(drawing: Drawing, asked: int, *, round_: str | None = None) -> Result | None:
    """Have the network read ``drawing`` and the room keep it as what was ``asked`` for; None where it says why not.

    ``round_``: the id of the host's round that it belongs to.
    """
    from mnist_core.room.drawings import ROUND, Answer

    preparation = prepare(rasterize(drawing)) if drawing.strokes else None
    if preparation is None:
        st.info(f"The canvas is blank. Draw {with_article(asked)}, then press Done.", icon=":material/draw:")
        return None
    run = chosen_run()
    try:
        probabilities = engine().classify(run, preparation.digit[None])[0]
    except EngineNotReady:
        engine().ensure_started()
        st.info("The network is waking up. Press Done again in a few seconds.", icon=":material/bedtime:")
        return None
    answer = Answer(probabilities, run.id, run.config.name)
    who = {"person": person(), "nickname": nickname()}
    room().add(replace(drawing, label=asked), preparation.digit, answer, source=ROUND, round_=round_, **who)
    return Result(asked, answer.digit, preparation.digit)


def _show_results(results: list[Result]) -> None:
    captions = [f"{each.asked}" if each.right else f"{each.asked}, read as {each.read}" for each in results]
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
        st.session_state[KEY] = Round()

    st.button("Another round", type="primary", icon=":material/replay:", on_click=play_again)
