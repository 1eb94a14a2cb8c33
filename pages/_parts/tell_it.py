"""Tell it: whether the answer is right, or which digit it should have been; one click gives the room the drawing."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from mnist_core.digits.drawing import Drawing
from mnist_core.runs.run import Run
from pages._parts.lab import room
from pages._parts.messages import acting, show_message
from pages._parts.person import nickname, person
from pages._parts.screen import is_phone
from pages._parts.yours import ask_nickname

KEY = "told"  # in the session: what this person told last
TIMES = "times-told"  # in the session: how often this person has told something, or taken it back
TWO_ROWS = 210  # CSS pixels: five digits in a row, where ten do not fit


@dataclass(frozen=True)
class Told:
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
        from mnist_core.room.drawings import TOLD, Answer

        if told := _told(mark):  # a second click on the same answer saves nothing more
            if told.label != label:
                room().correct(told.id, label, person=person())
                _remember(replace(told, label=label))
            return
        answer = Answer(probabilities, run.id, run.config.name)
        labelled = replace(drawing, label=label)
        id_ = room().add(labelled, digit, answer, source=TOLD, person=person(), nickname=nickname())
        _remember(Told(mark, id_, label))

    show_message()
    told = _told(mark)
    with st.container(horizontal=True, vertical_alignment="center"):
        if told:
            _thank(told)
        else:
            st.button(
                "Right",
                icon=":material/check:",
                on_click=acting(lambda: tell(int(probabilities.argmax()))),
                key="right",
            )
            st.button("No digit", on_click=acting(lambda: tell(None)), key="no-digit", help="Nobody should read one.")
            ask_nickname("tell")
    _choose(told.label if told else None, tell)


def _remember(told: Told | None) -> None:
    st.session_state[KEY] = told
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1


def _told(mark: int) -> Told | None:
    told = st.session_state.get(KEY)
    return told if told and told.mark == mark else None


def _thank(told: Told) -> None:
    def take_back() -> None:
        room().take_back(told.id, person=person())
        _remember(None)

    st.markdown(
        f":green[:material/check:] Saved as {'no digit' if told.label is None else told.label}, thank you.",
        width="content",
    )
    st.button("Take it back", icon=":material/undo:", on_click=acting(take_back), type="tertiary")


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
        on_change=acting(choose),
        wrap=True,
        width=TWO_ROWS if is_phone() else "content",
    )
