"""The board's view of one drawing: the chosen network's prediction and its explanation."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._shared.engine_status import ask_engine
from pages._shared.messages import error_boundary
from pages._shared.model_picker import chosen_run
from pages._shared.services import engine, stored_drawings
from pages._shared.widgets.explanation import show_epochs, show_ink
from pages._shared.widgets.prediction import show_prediction

if TYPE_CHECKING:
    from mnist_core.room.drawings import StoredDrawing


@error_boundary
def show_opened(drawing_id: str) -> None:
    """Show the prediction for the drawing, its pixel attribution, and the prediction after each epoch."""
    drawing = stored_drawings().find(drawing_id)
    if drawing is None:
        st.info("This drawing is not in the room any more.", icon=":material/undo:")
        return
    run = chosen_run()
    answers = ask_engine(lambda: (engine().predict_digit(run, drawing.digit), engine().explain(run, drawing.digit)))
    if answers is None:
        return
    prediction, explanation = answers
    st.text(f"{_drawing_text(drawing)} Here “{prediction.name}” reads it.")  # plain text: names may contain Markdown
    answer, ink = st.columns([1, 1.2], gap="large")
    with answer:
        show_prediction(drawing.digit, prediction)
    with ink:
        show_ink(drawing.digit, explanation)
    show_epochs(explanation.epochs)


def _drawing_text(drawing: "StoredDrawing") -> str:
    """Return the drawing's label, its author, and the prediction made when it was drawn."""
    label = "Nobody has said what it is" if drawing.label is None else f"A {drawing.label}"
    author = drawing.nickname or drawing.writer
    prediction = "" if drawing.answer is None else f" When it was drawn, “{drawing.run_name}” read {drawing.answer}."
    return f"{label}{f' by {author}' if author else ''}.{prediction}"
