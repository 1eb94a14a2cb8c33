"""A drawing of the room, opened large: what the chosen network reads in it, and why."""

from typing import TYPE_CHECKING

import streamlit as st

from mnist_core.engine.protocol import EngineNotReady
from pages._shared.engine_status import wait_for_engine
from pages._shared.messages import error_boundary
from pages._shared.model_picker import chosen_run
from pages._shared.services import engine, room
from pages._shared.widgets.explanation import show_epochs, show_ink
from pages._shared.widgets.prediction import show_answer

if TYPE_CHECKING:
    from mnist_core.room.drawings import StoredDrawing


@error_boundary
def show_opened(drawing_id: str) -> None:
    """The answer and the ink that decides, side by side, and how the answer grew."""
    drawing = room().find(drawing_id)
    if drawing is None:
        st.info("This drawing is not in the room any more.", icon=":material/undo:")
        return
    run = chosen_run()
    try:
        reading, explanation = engine().predict(run, drawing.digit[None]), engine().explain(run, drawing.digit)
    except EngineNotReady:
        wait_for_engine()
        return
    st.text(f"{_whose(drawing)} Here “{run.config.name}” reads it.")  # names are no Markdown
    answer, ink = st.columns([1, 1.2], gap="large")
    with answer:
        typicality = None if reading.typicality is None else float(reading.typicality[0])
        show_answer(drawing.digit, reading.probabilities[0], typicality=typicality, rejected=bool(reading.rejected[0]))
    with ink:
        show_ink(drawing.digit, explanation)
    show_epochs(explanation.epochs)


def _whose(drawing: "StoredDrawing") -> str:
    """What it was meant to be, by whom, and what was read when it was drawn."""
    what = "Nobody has said what it is" if drawing.label is None else f"A {drawing.label}"
    by = drawing.nickname or drawing.writer
    then = "" if drawing.answer is None else f" When it was drawn, “{drawing.run_name}” read {drawing.answer}."
    return f"{what}{f' by {by}' if by else ''}.{then}"
