"""Tell it: whether the answer is right, or which digit it should have been; one click gives the room the drawing."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from mnist_core.digits.drawing import Drawing
from mnist_core.runs.run import Run
from pages._shared.device import is_phone
from pages._shared.identity import nickname, person
from pages._shared.messages import safe_callback, show_message
from pages._shared.my_data import ask_nickname
from pages._shared.services import room

KEY = "told"  # in the session: what this person told last
TIMES = "times-told"  # in the session: how often this person has told something, or taken it back
TWO_ROWS = 210  # CSS pixels: five digits in a row, where ten do not fit


@dataclass(frozen=True)
class SubmittedLabel:
    """A drawing on the canvas, by its ``mark``, that the room has under ``id`` with ``label``."""

    mark: int
    id: str
    label: int | None  # None: it is no digit


def show_tell_it(drawing: Drawing, digit: np.ndarray, probabilities: np.ndarray, run: Run) -> None:
    """Ask whether ``run`` has read ``drawing`` right, and save it with what it should have been.

    ``digit``: uint8 (28, 28), ``probabilities``: float (10,). The database is asked after a click only; another
    stroke makes another drawing, which has not been told yet.
    """
    mark = hash((drawing.canvas, drawing.brush, *(stroke.tobytes() for stroke in drawing.strokes)))

    def tell(label: int | None) -> None:
        from mnist_core.room.drawings import FEEDBACK, Answer

        if submitted := _submitted(mark):  # a second click on the same answer saves nothing more
            if submitted.label != label:
                room().correct(submitted.id, label, person=person())
                _remember(replace(submitted, label=label))
            return
        answer = Answer(probabilities, run.id, run.config.name)
        labelled = replace(drawing, label=label)
        id_ = room().add(labelled, digit, answer, source=FEEDBACK, person=person(), nickname=nickname())
        _remember(SubmittedLabel(mark, id_, label))

    show_message()
    submitted = _submitted(mark)
    with st.container(horizontal=True, vertical_alignment="center"):
        if submitted:
            _thank(submitted)
        else:
            st.button(
                "Right",
                icon=":material/check:",
                on_click=safe_callback(lambda: tell(int(probabilities.argmax()))),
                key="right",
            )
            st.button(
                "No digit", on_click=safe_callback(lambda: tell(None)), key="no-digit", help="Nobody should read one."
            )
            ask_nickname("tell")
    _choose(submitted.label if submitted else None, tell)


def _remember(submitted: SubmittedLabel | None) -> None:
    st.session_state[KEY] = submitted
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1


def _submitted(mark: int) -> SubmittedLabel | None:
    submitted = st.session_state.get(KEY)
    return submitted if submitted and submitted.mark == mark else None


def _thank(submitted: SubmittedLabel) -> None:
    def take_back() -> None:
        room().take_back(submitted.id, person=person())
        _remember(None)

    st.markdown(
        f":green[:material/check:] Saved as {'no digit' if submitted.label is None else submitted.label}, thank you.",
        width="content",
    )
    st.button("Take it back", icon=":material/undo:", on_click=safe_callback(take_back), type="tertiary")


def _choose(label: int | None, tell: Callable[[int | None], None]) -> None:
    # A new widget after each choice: what an old one still says is not about this drawing. Not for each drawing: it
    # takes the browser as long to make ten buttons as to paint the answer.
    key = f"should-be-{st.session_state.get(TIMES, 0)}-{label}"

    def choose() -> None:
        if st.session_state[key] is not None:
            tell(st.session_state[key])

    st.pills(
        "It should be",
        range(10),
        default=label,
        required=label is not None,
        key=key,
        on_change=safe_callback(choose),
        wrap=True,
        width=TWO_ROWS if is_phone() else "content",
    )
