"""Draw, Canvas: the canvas, and the network's prediction beside it."""

import time

import numpy as np
import streamlit as st

from mnist_core.predictions import DigitPrediction
from pages._draw.canvas import canvas_cells, draw_on_canvas, show_tools
from pages._draw.detail_panels import show_detail_panels
from pages._draw.feedback import show_feedback
from pages._shared.engine_status import ask_engine, wait_for_engine
from pages._shared.fragments import fragment
from pages._shared.model_picker import chosen_run
from pages._shared.services import engine
from pages._shared.widgets.prediction import show_prediction
from pages._shared.widgets.typicality import choose_rejection_threshold

# The browser shows the prediction in this time; widgets sent together with it would delay it.
PAINT_SECONDS = 0.05
WAITING_HINT = "You can draw meanwhile."


@fragment
def show_canvas_tab() -> None:
    """Show the canvas and the prediction; a stroke reruns only this, and slower parts follow the prediction."""
    left, right = canvas_cells()
    with left:
        drawing = draw_on_canvas()
        tools = st.container()
    preparation, prediction = drawing.prepared(), None
    with right:
        if preparation:
            prediction = _predict(preparation.digit)
        else:
            _show_instructions()
    if prediction:
        time.sleep(PAINT_SECONDS)
    with tools:
        show_tools()
    if preparation and prediction:
        with right:
            show_feedback(drawing, preparation.digit, prediction)
            if prediction.typicality is not None:
                choose_rejection_threshold()
        show_detail_panels(preparation)


def _show_instructions() -> None:
    st.markdown("### Draw a digit from 0 to 9")
    st.write("Use the mouse, a pen or a finger. The network answers as soon as you lift it.")
    if not engine().ready:
        wait_for_engine(WAITING_HINT)


def _predict(digit: np.ndarray) -> DigitPrediction | None:
    """Show and return the prediction for ``digit``, uint8 (28, 28); None if the engine is not ready."""
    prediction = ask_engine(lambda: engine().predict_digit(chosen_run(), digit), WAITING_HINT)
    if prediction:
        show_prediction(digit, prediction)
    return prediction
