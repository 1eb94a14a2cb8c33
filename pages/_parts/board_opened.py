"""A drawing of the room, opened large: what the chosen network reads in it, and why."""

from typing import TYPE_CHECKING

import streamlit as st

from mnist_core.engine.protocol import EngineNotReady
from pages._parts.answer import show_answer
from pages._parts.draw_why import show_epochs, show_ink
from pages._parts.lab import engine, room
from pages._parts.messages import telling
from pages._parts.model_picker import chosen_run
from pages._parts.waking import wait_for_engine

if TYPE_CHECKING:
    from mnist_core.room.drawings import StoredDrawing


@telling
def show_opened(drawing_id: str) -> None:
    """The answer and the ink that decides, side by side, and how the answer grew."""
    drawing = room().find(drawing_id)
    if drawing is None:
        st.info("This drawing is not in the room any more.", icon=":material/undo:")
        return
    run = chosen_run()
    try:
        reading, explanation = engine().read(run, drawing.digit[None]), engine().explain(run, drawing.digit)
    except EngineNotReady:
        wait_for_engine()
        return
    st.text(f"{_whose(drawing)} Here “{run.config.name}” reads it.")  # names are no Markdown
    answer, ink = st.columns([1, 1.2], gap="large")
    with answer:
        typicality = None if reading.typicality is None else float(reading.typicality[0])
        show_answer(drawing.digit, reading.probabilities[0], typicality=typicality, refused=bool(reading.refused[0]))
    with ink:
        show_ink(drawing.digit, explanation)
    show_epochs(explanation.epochs)


def _whose(drawing: "StoredDrawing") -> str:
    """What it was meant to be, by whom, and what was read when it was drawn."""
    what = "Nobody has said what it is" if drawing.label is None else f"A {drawing.label}"
    by = drawing.nickname or drawing.writer
    then = "" if drawing.answer is None else f" When it was drawn, “{drawing.run_name}” read {drawing.answer}."
    return f"{what}{f' by {by}' if by else ''}.{then}"
