"""Draw, on the canvas: a stroke, and the network's answer beside it."""

import time

import numpy as np
import streamlit as st

from mnist_core.digits.drawing import rasterize
from mnist_core.digits.normalization import prepare
from mnist_core.engine.protocol import EngineNotReady
from mnist_core.predictions import Prediction
from pages._draw.canvas import draw_on_canvas, show_tools
from pages._draw.detail_panels import look_closer
from pages._draw.feedback import show_tell_it
from pages._shared.engine_status import wait_for_engine
from pages._shared.fragments import fragment
from pages._shared.model_picker import chosen_run
from pages._shared.services import engine
from pages._shared.widgets.prediction import show_answer
from pages._shared.widgets.typicality import choose_tolerance, tolerance

# The browser paints the answer meanwhile; widgets that come with it would keep it waiting.
SECONDS_TO_PAINT = 0.05


@fragment
def show_desk() -> None:
    """Canvas left, answer right; a stroke reruns this alone, and the answer comes before all that is slower."""
    left, right = st.columns([1, 1], gap="large")
    with left:
        drawing = draw_on_canvas()
        tools = st.container()
    preparation = prepare(rasterize(drawing)) if drawing.strokes else None
    with right:
        reading = _read(preparation.digit) if preparation else _invite()
    if reading:
        time.sleep(SECONDS_TO_PAINT)
    with tools:
        show_tools()
    if reading:
        with right:
            show_tell_it(drawing, preparation.digit, reading.probabilities[0], chosen_run())
            if reading.typicality is not None:
                choose_tolerance()
        look_closer(preparation)


def _invite() -> None:
    st.markdown("### Draw a digit from 0 to 9")
    st.write("Use the mouse, a pen or a finger. The network answers as soon as you lift it.")
    if not engine().ready:
        wait_for_engine("You can draw meanwhile.")


def _read(digit: np.ndarray) -> Prediction | None:
    """Show what the network makes of ``digit``, uint8 (28, 28), as it sees it; None where it says nothing."""
    try:
        reading = engine().predict(chosen_run(), digit[None])
    except EngineNotReady:
        wait_for_engine("You can draw meanwhile.")
        return None
    typicality = None if reading.typicality is None else float(reading.typicality[0])
    rejected = typicality is not None and typicality < tolerance()
    show_answer(digit, reading.probabilities[0], typicality=typicality, rejected=rejected)
    return reading
