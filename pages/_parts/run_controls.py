"""What people ask of a training while it runs. The run's control.json holds it, so every browser shows the same."""

import streamlit as st

from mnist_core.runs.control import LARGEST_FACTOR, Control
from mnist_core.runs.run import PAUSED, QUEUED, Run, Status
from pages._parts.knob_widgets import number
from pages._parts.lab import engine
from pages._parts.messages import acting

FACTORS = {"÷ 10": 0.1, "÷ 2": 0.5, "× 2": 2.0, "× 10": 10.0}


def show_controls(run: Run, status: Status) -> None:
    """Show what can be asked of ``run`` now."""
    control = run.control
    with st.container(horizontal=True, vertical_alignment="center"):
        if status.state != QUEUED:
            _pause(run, status, control)
        _cancel(run, control)
        if status.state != QUEUED and not status.parked:
            _slow_motion(run, control)
    if status.state != QUEUED and not status.parked:
        left, right = st.columns(2, gap="medium")
        with left:
            _learning_rate(run, control)
        with right:
            _dropout(run, control)


def _pause(run: Run, status: Status, control: Control) -> None:
    if status.state == PAUSED:
        st.button(
            "Resume",
            key=f"resume-{run.id}",
            type="primary",
            icon=":material/play_arrow:",
            on_click=acting(lambda: engine().resume(run)),
        )
    else:
        st.button(
            "Pausing …" if control.pause else "Pause",
            key=f"pause-{run.id}",
            icon=":material/pause:",
            disabled=control.pause,
            on_click=acting(lambda: run.ask(pause=True)),
        )


def _cancel(run: Run, control: Control) -> None:
    st.button(
        "Cancelling …" if control.cancel else "Cancel",
        key=f"cancel-{run.id}",
        icon=":material/stop:",
        disabled=control.cancel,
        help="Keeps the best epoch.",
        on_click=acting(run.cancel),
    )


def _slow_motion(run: Run, control: Control) -> None:
    key = f"slow-motion-{run.id}"
    _follow(key, control.slow_motion)
    st.toggle(
        "Slow motion",
        key=key,
        help="A few batches a second, so that the eye can follow.",
        on_change=acting(lambda: run.ask(slow_motion=st.session_state[key])),
    )


def _learning_rate(run: Run, control: Control) -> None:
    factor = control.learning_rate_factor
    rate = number(float(f"{run.config.training.rate_at(run.progress) * factor:.2g}"))
    planned = f", {number(factor)} × planned" if factor != 1 else ""
    st.markdown(f"Learning rate **{rate}**{planned}", help="A change acts at once, from the next batch.")
    with st.container(horizontal=True, gap="xsmall"):
        for name, times in FACTORS.items():
            st.button(
                name,
                key=f"rate-{times}-{run.id}",
                disabled=not 1 / LARGEST_FACTOR <= round(factor * times, 6) <= LARGEST_FACTOR,
                on_click=acting(lambda times=times: _multiply_rate(run, times)),
            )


def _multiply_rate(run: Run, times: float) -> None:
    run.ask(learning_rate_factor=round(run.control.learning_rate_factor * times, 6))


def _dropout(run: Run, control: Control) -> None:
    key = f"dropout-{run.id}"
    _follow(key, run.config.model.dropout if control.dropout is None else control.dropout)
    st.slider(
        "Dropout, from the next epoch",
        0.0,
        0.9,
        step=0.05,
        key=key,
        on_change=acting(lambda: run.ask(dropout=round(st.session_state[key], 9))),
    )


def _follow(key: str, asked: bool | float) -> None:
    """Set the widget to what is asked of the trainer when that was changed elsewhere, and else leave it alone."""
    seen = f"{key}-seen"
    changed = st.session_state.get(seen) != asked and st.session_state.get(key) != asked
    if changed or key not in st.session_state:
        st.session_state[key] = asked
    st.session_state[seen] = asked
