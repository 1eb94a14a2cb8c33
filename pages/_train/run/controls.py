"""The controls of a running training. They are stored in control.json, so every browser shows the same."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from mnist_core.config import plain_number
from mnist_core.runs.control import MAX_RATE_FACTOR, Control
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, INTERRUPTED, PAUSED, QUEUED, RUNNING, Status
from mnist_core.runs.view import RunView
from pages._shared.messages import safe_callback
from pages._shared.services import engine

FACTORS = {"÷10": 0.1, "÷2": 0.5, "×2": 2.0, "×10": 10.0}


def show_buttons(view: RunView) -> None:
    """Show the buttons that pause, cancel and continue a run, as far as its state allows."""
    run, status, control = view.run, view.status, view.control
    if status.state in (INTERRUPTED, FAILED, CANCELLED):
        _continue(run)
    if status.state in (RUNNING, PAUSED):
        _pause(run, status, control)
    if status.state in (QUEUED, RUNNING, PAUSED):
        _cancel(run, control)
    if status.has_trainer:
        _slow_motion(run, control)


def show_live_settings(view: RunView) -> None:
    """Show the settings that can change while the run has a trainer."""
    _learning_rate(view)
    _dropout(view)


def _continue(run: Run) -> None:
    point = run.resume_point()
    st.button(
        f"Continue after epoch {point.epochs}" if point and point.epochs else "Continue" if point else "Start it again",
        key=f"continue-{run.id}",
        icon=":material/play_arrow:",
        type="primary",
        on_click=safe_callback(lambda: engine().resume(run)),
    )


def _pause(run: Run, status: Status, control: Control) -> None:
    if status.state == PAUSED:
        st.button(
            "Resume",
            key=f"resume-{run.id}",
            type="primary",
            icon=":material/play_arrow:",
            on_click=safe_callback(lambda: engine().resume(run)),
        )
    else:
        st.button(
            "Pausing …" if control.pause else "Pause",
            key=f"pause-{run.id}",
            icon=":material/pause:",
            disabled=control.pause,
            on_click=safe_callback(lambda: run.update_control(pause=True)),
        )


def _cancel(run: Run, control: Control) -> None:
    st.button(
        "Cancelling …" if control.cancel else "Cancel",
        key=f"cancel-{run.id}",
        icon=":material/stop:",
        disabled=control.cancel,
        help="Keeps the best epoch.",
        on_click=safe_callback(run.cancel),
    )


def _slow_motion(run: Run, control: Control) -> None:
    state = _widget_state("slow_motion", run, control.slow_motion)
    st.toggle(
        "Slow motion",
        control.slow_motion,
        key=state.key,
        help="A few batches a second, so that the eye can follow.",
        on_change=safe_callback(state.callback()),
    )


def _learning_rate(view: RunView) -> None:
    run, factor = view.run, view.control.learning_rate_factor
    rate = plain_number(float(f"{view.config.training.rate_at(view.progress) * factor:.2g}"))
    planned = f", {plain_number(factor)} × planned" if factor != 1 else ""
    st.markdown(f"Learning rate **{rate}**{planned}", help="A change acts at once, from the next batch.")
    with st.container(horizontal=True, gap="xsmall"):
        for name, multiplier in FACTORS.items():
            # The target is computed when the button is shown: a click that arrives twice requests the same value.
            target = round(factor * multiplier, 6)
            st.button(
                name,
                key=f"rate-{target}-{run.id}",
                disabled=not 1 / MAX_RATE_FACTOR <= target <= MAX_RATE_FACTOR,
                on_click=safe_callback(partial(run.update_control, learning_rate_factor=target)),
            )


def _dropout(view: RunView) -> None:
    requested = view.control.dropout
    state = _widget_state("dropout", view.run, view.config.model.dropout if requested is None else requested)
    st.slider(
        "Dropout, from the next epoch",
        0.0,
        0.9,
        float(state.value),
        step=0.05,
        key=state.key,
        on_change=safe_callback(state.callback()),
    )


@dataclass
class ControlWidgetState:
    """A field of a run's Control as this browser last showed it, and how often it was changed elsewhere."""

    field: str
    run: Run
    value: bool | float
    changes: int = 0

    @property
    def key(self) -> str:
        """The widget's key. A change made elsewhere is shown by a new widget: an existing one may miss the new value
        in a busy browser, and would then request the old value again."""
        return f"{self.field}-{self.changes}-{self.run.id}"

    def callback(self) -> Callable[[], None]:
        """Return the widget's callback, which requests the widget's value from the trainer.

        Streamlit also calls it when a browser that still shows a removed widget sends its old value again.
        """
        key = self.key

        def ask() -> None:
            raw = st.session_state[key]
            value = round(raw, 9) if isinstance(raw, float) else raw
            if key == self.key and value != self.value:
                self.run.update_control(**{self.field: value})
                self.value = value

        return ask


def _widget_state(field: str, run: Run, value: bool | float) -> ControlWidgetState:
    """Return this session's state of ``field``, updated to ``value``, its value in control.json."""
    state: ControlWidgetState = st.session_state.setdefault(f"{field}-{run.id}", ControlWidgetState(field, run, value))
    if state.value != value:
        state.value, state.changes = value, state.changes + 1
    return state
