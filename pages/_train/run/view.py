"""The selected run on the Train page: its state, its controls and its live curves."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING, Status
from pages._shared.device import is_phone
from pages._shared.fragments import polling_fragment
from pages._shared.messages import escape_markdown, show_message
from pages._shared.queue_position import rerun_if_changed, show_queue_position
from pages._shared.run_status import STATES, is_live
from pages._shared.run_summary import config_summary, progress_text, show_numbers, summary
from pages._shared.widgets.learning_curves import show_learning_curves
from pages._train.run.controls import show_buttons, show_live_settings
from pages._train.run.hints import show_hints
from pages._train.run.results import show_results

POLL_INTERVAL, SLOW_MOTION_POLL_INTERVAL = "500ms", "250ms"  # slow motion shows each batch on its own


def show_run(run: Run, *, wide: bool) -> None:
    """Show ``run``, live while it trains. ``wide``: there is room for the settings beside the curves."""
    shown = run.status
    if is_live(shown):
        interval = _poll_interval(run)
        polling_fragment(interval)(_show_live)(run, shown, interval, wide=wide)
        return
    _show(run, shown, wide=wide)
    show_results(run)
    if not run.shipped:
        polling_fragment("2s")(rerun_if_changed)(run, shown)


def _poll_interval(run: Run) -> str:
    return SLOW_MOTION_POLL_INTERVAL if run.control.slow_motion else POLL_INTERVAL


def _show_live(run: Run, shown: Status, interval: str, *, wide: bool) -> None:
    rerun_if_changed(run, shown)
    if _poll_interval(run) != interval:
        st.rerun()  # a fragment cannot change its own interval: rerun the page
    show_message()  # of a button in here, which reruns only this fragment
    _show(run, run.status, wide=wide)


def _show(run: Run, status: Status, *, wide: bool) -> None:
    batches, epochs = run.batches, run.epochs
    _headline(run, status)
    _show_state(run, status, batches)
    metrics, curves, settings = _containers(status, wide=wide)
    if len(batches["epoch"]) or status.scores:
        with metrics:
            show_numbers(run, status, batches, epochs)
    if len(batches["epoch"]):
        with curves:
            close_up = status.has_trainer and run.control.slow_motion
            show_learning_curves(run.config, batches, epochs, close_up=close_up)
    if len(batches["epoch"]) or status.diverged:
        with curves:
            show_hints(run, status, epochs=len(epochs["epoch"]))
    if status.has_trainer:
        with settings:
            show_live_settings(run, run.progress_in(batches))


def _containers(status: Status, *, wide: bool) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Return containers for metrics, curves and settings; on a phone the curves come first during training."""
    if not status.has_trainer:
        return st.container(), st.container(), st.container()
    left, settings = st.columns([2.9, 1], gap="large") if wide else (st.container(), st.container())
    upper, lower = left.container(), left.container()
    return (lower, upper, settings) if is_phone() else (upper, lower, settings)


def _headline(run: Run, status: Status) -> None:
    state_label = STATES[status.state]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        badge = f":{state_label.colour}-badge[{state_label.icon} {state_label.name}]"
        st.subheader(f"{escape_markdown(run.config.name)} {badge}", anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            show_buttons(run, status)
    st.caption(config_summary(run.config))


def _show_state(run: Run, status: Status, batches: dict[str, np.ndarray]) -> None:
    """Show what the state means for people who wait."""
    if status.error:
        st.error(status.error, icon=":material/report:")
    if status.state == QUEUED:
        show_queue_position(run)
    elif status.state == PAUSED:
        _show_pause(status)
    elif status.state == FINISHED:
        st.caption(summary(run, status))
    elif status.state == CANCELLED:
        st.write("The best of its epochs is kept." if run.has_model else "It had not learned anything yet.")
    elif status.state == INTERRUPTED:
        st.write("Whoever trained it is gone. It can go on from its last saved state.")
    if status.state in (RUNNING, PAUSED):
        st.progress(run.progress_in(batches), text=progress_text(run, status, batches))


def _show_pause(status: Status) -> None:
    st.info(
        "Its place was given to others; what it has learned is saved. Resume puts it in line again."
        if status.suspended
        else "It holds still and goes on from here. After a minute its place is given to others.",
        icon=":material/pause:",
    )
