"""What people ask of a training while it runs. The run's control.json holds it, so every browser shows the same."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from mnist_core.config import plain_number
from mnist_core.runs.control import LARGEST_FACTOR, Control
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FAILED, INTERRUPTED, PAUSED, QUEUED, RUNNING, Status
from pages._shared.messages import safe_callback
from pages._shared.services import engine

FACTORS = {"÷10": 0.1, "÷2": 0.5, "×2": 2.0, "×10": 10.0}


def show_buttons(run: Run, status: Status) -> None:
    """Show what stops ``run`` or lets it go on, as far as its state allows."""
    control = run.control
    if status.state in (INTERRUPTED, FAILED, CANCELLED):
        _continue(run)
    if status.state in (RUNNING, PAUSED):
        _pause(run, status, control)
    if status.state in (QUEUED, RUNNING, PAUSED):
        _cancel(run, control)
    if status.has_trainer:
        _slow_motion(run, control)


def show_knobs(run: Run, progress: float) -> None:
    """Show what can be turned while ``run``, of which the share ``progress`` is done, has a trainer."""
    control = run.control
    _learning_rate(run, progress, control)
    _dropout(run, control)


def _continue(run: Run) -> None:
    point = run.resume_point
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
            on_click=safe_callback(lambda: run.ask(pause=True)),
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
    seen = _seen("slow_motion", run, control.slow_motion)
    st.toggle(
        "Slow motion",
        control.slow_motion,
        key=seen.key,
        help="A few batches a second, so that the eye can follow.",
        on_change=safe_callback(seen.callback()),
    )


def _learning_rate(run: Run, progress: float, control: Control) -> None:
    factor = control.learning_rate_factor
    rate = plain_number(float(f"{run.config.training.rate_at(progress) * factor:.2g}"))
    planned = f", {plain_number(factor)} × planned" if factor != 1 else ""
    st.markdown(f"Learning rate **{rate}**{planned}", help="A change acts at once, from the next batch.")
    with st.container(horizontal=True, gap="xsmall"):
        for name, times in FACTORS.items():
            # What it leads to is settled when it is drawn: a click that is heard twice asks for the same twice.
            target = round(factor * times, 6)
            st.button(
                name,
                key=f"rate-{target}-{run.id}",
                disabled=not 1 / LARGEST_FACTOR <= target <= LARGEST_FACTOR,
                on_click=safe_callback(lambda target=target: run.ask(learning_rate_factor=target)),
            )


def _dropout(run: Run, control: Control) -> None:
    seen = _seen("dropout", run, run.config.model.dropout if control.dropout is None else control.dropout)
    st.slider(
        "Dropout, from the next epoch",
        0.0,
        0.9,
        float(seen.value),
        step=0.05,
        key=seen.key,
        on_change=safe_callback(seen.callback()),
    )


@dataclass
class ControlWidgetState:
    """A field of a run's Control as this browser saw it last, and how often it was changed elsewhere."""

    field: str
    run: Run
    value: bool | float
    changes: int = 0

    @property
    def key(self) -> str:
        """The widget's key. What others change is shown by a new widget: an old one that is told of it may miss
        that in a busy browser, and would then ask for the old value again."""
        return f"{self.field}-{self.changes}-{self.run.id}"

    def callback(self) -> Callable[[], None]:
        """What the widget calls: ask the trainer for its value, as this browser's person wants.

        Streamlit also calls it when a browser that has not heard yet that the widget is gone repeats its value.
        """
        key = self.key

        def ask() -> None:
            turned = st.session_state[key]
            value = round(turned, 9) if isinstance(turned, float) else turned
            if key == self.key and value != self.value:
                self.run.ask(**{self.field: value})
                self.value = value

        return ask


def _seen(field: str, run: Run, asked: bool | float) -> ControlWidgetState:
    """What this session has seen of ``field``, brought up to what is ``asked`` of the trainer now."""
    seen: ControlWidgetState = st.session_state.setdefault(f"{field}-{run.id}", ControlWidgetState(field, run, asked))
    if seen.value != asked:
        seen.value, seen.changes = asked, seen.changes + 1
    return seen
