"""One run on the Train page: how it stands, what can be asked of it, its curves while they grow."""

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
from pages._shared.run_summary import in_short, progress_text, show_numbers, summary
from pages._shared.widgets.learning_curves import show_learning_curves
from pages._train.run.controls import show_buttons, show_knobs
from pages._train.run.hints import show_hints
from pages._train.run.results import show_results

USUAL, SLOW = "500ms", "250ms"  # between two looks; each batch of slow motion is seen on its own


def show_run(run: Run, *, wide: bool) -> None:
    """Show ``run``, moving while it trains. ``wide``: there is room for the knobs beside the curves."""
    drawn = run.status
    if is_live(drawn):
        pace = _pace(run)
        polling_fragment(pace)(_live)(run, drawn, pace, wide=wide)
        return
    _show(run, drawn, wide=wide)
    show_results(run)
    if not run.shipped:
        polling_fragment("2s")(rerun_if_changed)(run, drawn)


def _pace(run: Run) -> str:
    return SLOW if run.control.slow_motion else USUAL


def _live(run: Run, drawn: Status, pace: str, *, wide: bool) -> None:
    rerun_if_changed(run, drawn)
    if _pace(run) != pace:
        st.rerun()  # a fragment cannot change its own pace: draw the page anew
    show_message()  # of a button in here, which runs this fragment alone
    _show(run, run.status, wide=wide)


def _show(run: Run, status: Status, *, wide: bool) -> None:
    batches, epochs = run.batches, run.epochs
    _headline(run, status)
    _tell(run, status, batches)
    numbers, curves, knobs = _places(status, wide=wide)
    if len(batches["epoch"]) or status.scores:
        with numbers:
            show_numbers(run, status, batches, epochs)
    if len(batches["epoch"]):
        with curves:
            up_close = status.has_trainer and run.control.slow_motion
            show_learning_curves(run.config, batches, epochs, up_close=up_close)
    if len(batches["epoch"]) or status.diverged:
        with curves:
            show_hints(run, status, epochs=len(epochs["epoch"]))
    if status.has_trainer:
        with knobs:
            show_knobs(run, run.progress_in(batches))


def _places(status: Status, *, wide: bool) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Where the numbers, the curves and the knobs stand; a small screen has the curves first while they grow."""
    if not status.has_trainer:
        return st.container(), st.container(), st.container()
    left, knobs = st.columns([2.9, 1], gap="large") if wide else (st.container(), st.container())
    upper, lower = left.container(), left.container()
    return (lower, upper, knobs) if is_phone() else (upper, lower, knobs)


def _headline(run: Run, status: Status) -> None:
    words = STATES[status.state]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        badge = f":{words.colour}-badge[{words.icon} {words.name}]"
        st.subheader(f"{escape_markdown(run.config.name)} {badge}", anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            show_buttons(run, status)
    st.caption(in_short(run.config))


def _tell(run: Run, status: Status, batches: dict[str, np.ndarray]) -> None:
    """What the state means for those who wait."""
    if status.error:
        st.error(status.error, icon=":material/report:")
    if status.state == QUEUED:
        show_queue_position(run)
    elif status.state == PAUSED:
        _tell_pause(status)
    elif status.state == FINISHED:
        st.caption(summary(run, status))
    elif status.state == CANCELLED:
        st.write("The best of its epochs is kept." if run.has_model else "It had not learned anything yet.")
    elif status.state == INTERRUPTED:
        st.write("Whoever trained it is gone. It can go on from its last saved state.")
    if status.state in (RUNNING, PAUSED):
        st.progress(run.progress_in(batches), text=progress_text(run, status, batches))


def _tell_pause(status: Status) -> None:
    st.info(
        "Its place was given to others; what it has learned is saved. Resume puts it in line again."
        if status.suspended
        else "It holds still and goes on from here. After a minute its place is given to others.",
        icon=":material/pause:",
    )
