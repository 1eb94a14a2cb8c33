"""The selected run on the Train page: its state, its controls and its live curves."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING, Status
from mnist_core.runs.view import RunView
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
    view = run.read()
    if is_live(view.status):
        interval = _poll_interval(view)
        polling_fragment(interval)(_show_live)(run, view.status, interval, wide=wide)
        return
    _show(view, wide=wide)
    show_results(run)
    if not run.shipped:
        polling_fragment("2s")(rerun_if_changed)(run, view.status)


def _poll_interval(view: RunView) -> str:
    return SLOW_MOTION_POLL_INTERVAL if view.control.slow_motion else POLL_INTERVAL


def _show_live(run: Run, shown: Status, interval: str, *, wide: bool) -> None:
    rerun_if_changed(run, shown)
    view = run.read()
    if _poll_interval(view) != interval:
        st.rerun()  # a fragment cannot change its own interval: rerun the page
    show_message()  # of a button in here, which reruns only this fragment
    _show(view, wide=wide)


def _show(view: RunView, *, wide: bool) -> None:
    status, has_batches = view.status, bool(len(view.batches["epoch"]))
    _headline(view)
    _show_state(view)
    metrics, curves, settings = _containers(status, wide=wide)
    if has_batches or status.scores:
        with metrics:
            show_numbers(view)
    if has_batches:
        with curves:
            close_up = status.has_trainer and view.control.slow_motion
            show_learning_curves(view.config, view.batches, view.epochs, close_up=close_up)
    if has_batches or status.diverged:
        with curves:
            show_hints(view)
    if status.has_trainer:
        with settings:
            show_live_settings(view)


def _containers(status: Status, *, wide: bool) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Return containers for metrics, curves and settings; on a phone the curves come first during training."""
    if not status.has_trainer:
        return st.container(), st.container(), st.container()
    left, settings = st.columns([2.9, 1], gap="large") if wide else (st.container(), st.container())
    upper, lower = left.container(), left.container()
    return (lower, upper, settings) if is_phone() else (upper, lower, settings)


def _headline(view: RunView) -> None:
    state_label = STATES[view.status.state]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        badge = f":{state_label.colour}-badge[{state_label.icon} {state_label.name}]"
        st.subheader(f"{escape_markdown(view.config.name)} {badge}", anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            show_buttons(view)
    st.caption(config_summary(view.config))


def _show_state(view: RunView) -> None:
    """Show what the state means for people who wait."""
    run, status = view.run, view.status
    if status.error:
        st.error(status.error, icon=":material/report:")
    if status.state == QUEUED:
        show_queue_position(run)
    elif status.state == PAUSED:
        _show_pause(status)
    elif status.state == FINISHED:
        st.caption(summary(view))
    elif status.state == CANCELLED:
        st.write("The best of its epochs is kept." if run.has_model() else "It had not learned anything yet.")
    elif status.state == INTERRUPTED:
        st.write("Whoever trained it is gone. It can go on from its last saved state.")
    if status.state in (RUNNING, PAUSED):
        st.progress(view.progress, text=progress_text(view))


def _show_pause(status: Status) -> None:
    st.info(
        "Its place was given to others; what it has learned is saved. Resume puts it in line again."
        if status.suspended
        else "It holds still and goes on from here. After a minute its place is given to others.",
        icon=":material/pause:",
    )
