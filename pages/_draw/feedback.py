"""Feedback on a prediction: one click saves the drawing with its correct label in the room."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from mnist_core.digits.drawing import Drawing
from mnist_core.predictions import DigitPrediction
from pages._shared.device import is_phone
from pages._shared.identity import nickname, person
from pages._shared.messages import safe_callback, show_message
from pages._shared.my_data import ask_nickname
from pages._shared.services import stored_drawings
from pages._shared.widgets.typicality import rejection_threshold

SUBMITTED_KEY = "told"  # session state: the label that this person submitted last
SUBMISSION_COUNT_KEY = "times-told"  # session state: how often this person submitted or deleted a label
TWO_ROWS_WIDTH = 210  # CSS pixels: five digits in each of two rows, as ten do not fit in one


@dataclass(frozen=True)
class SubmittedLabel:
    """A drawing, identified by its hash, that the room has stored under ``id`` with ``label``."""

    drawing_hash: int
    id: str
    label: int | None  # None: it is no digit


def show_feedback(drawing: Drawing, digit: np.ndarray, prediction: DigitPrediction) -> None:
    """Ask whether the ``prediction`` for ``drawing`` is right, and save the drawing with the correct label.

    ``digit``: the network's input, uint8 (28, 28). The database is used only after a click.
    """
    drawing_hash = hash((drawing.canvas, drawing.brush, *(stroke.tobytes() for stroke in drawing.strokes)))

    def save(label: int | None) -> None:
        from mnist_core.room.drawings import FEEDBACK

        if submitted := _submitted(drawing_hash):  # a second click may correct the label
            if submitted.label != label:
                stored_drawings().correct(submitted.id, label, person=person())
                _remember(replace(submitted, label=label))
            return
        labelled = replace(drawing, label=label)
        id_ = stored_drawings().add(labelled, digit, prediction, source=FEEDBACK, person=person(), nickname=nickname())
        _remember(SubmittedLabel(drawing_hash, id_, label))

    show_message()
    submitted = _submitted(drawing_hash)
    with st.container(horizontal=True, vertical_alignment="center"):
        if submitted:
            _show_saved(submitted)
        else:
            _show_buttons(prediction, save)
            ask_nickname("tell")
    _show_label_choice(submitted.label if submitted else None, save)


def _show_buttons(prediction: DigitPrediction, save: Callable[[int | None], None]) -> None:
    """Show "Right", which saves the answer that is shown: for a rejected drawing, that it is no digit."""
    shown = None if prediction.rejected(rejection_threshold()) else prediction.answer
    st.button("Right", icon=":material/check:", on_click=safe_callback(lambda: save(shown)), key="right")
    if shown is not None:
        st.button(
            "No digit", on_click=safe_callback(lambda: save(None)), key="no-digit", help="Nobody should read one."
        )


def _remember(submitted: SubmittedLabel | None) -> None:
    st.session_state[SUBMITTED_KEY] = submitted
    st.session_state[SUBMISSION_COUNT_KEY] = st.session_state.get(SUBMISSION_COUNT_KEY, 0) + 1


def _submitted(drawing_hash: int) -> SubmittedLabel | None:
    submitted = st.session_state.get(SUBMITTED_KEY)
    return submitted if submitted and submitted.drawing_hash == drawing_hash else None


def _show_saved(submitted: SubmittedLabel) -> None:
    def take_back() -> None:
        stored_drawings().delete_own(submitted.id, person=person())
        _remember(None)

    st.markdown(
        f":green[:material/check:] Saved as {'no digit' if submitted.label is None else submitted.label}, thank you.",
        width="content",
    )
    st.button("Take it back", icon=":material/undo:", on_click=safe_callback(take_back), type="tertiary")


def _show_label_choice(label: int | None, save: Callable[[int | None], None]) -> None:
    # A new widget after each submission: an old one's value may belong to another drawing. Not for each drawing: ten
    # new buttons take the browser as long as the prediction.
    key = f"should-be-{st.session_state.get(SUBMISSION_COUNT_KEY, 0)}-{label}"

    def choose() -> None:
        if st.session_state[key] is not None:
            save(st.session_state[key])

    st.pills(
        "It should be",
        range(10),
        default=label,
        required=label is not None,
        key=key,
        on_change=safe_callback(choose),
        wrap=True,
        width=TWO_ROWS_WIDTH if is_phone() else "content",
    )
