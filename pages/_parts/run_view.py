"""One run on the Train page: how it stands, what can be asked of it, its curves while they grow."""

import streamlit as st

from mnist_core.runs import queue
from mnist_core.runs.run import FINISHED, PAUSED, QUEUED, RUNNING, Run, Status
from pages._parts.charts import show_learning_curves
from pages._parts.durations import in_words
from pages._parts.messages import plain, show_message, telling
from pages._parts.run_controls import show_controls
from pages._parts.run_numbers import in_short, progress_text, show_numbers, summary
from pages._parts.run_results import show_results
from pages._parts.run_states import STATES, moves

USUAL, SLOW = "500ms", "250ms"  # between two looks; each batch of slow motion is seen on its own


def show_run(run: Run) -> None:
    """Show ``run``, moving while it trains."""
    status = run.status
    if moves(status):
        pace = _pace(run)
        st.fragment(telling(_live), run_every=pace)(run, pace)
        return
    _show(run, status)
    show_results(run, status)
    if not run.shipped:
        st.fragment(telling(_look_again), run_every="2s")(run, status)


def _pace(run: Run) -> str:
    return SLOW if run.control.slow_motion else USUAL


def _live(run: Run, pace: str) -> None:
    status = run.status
    if not moves(status) or _pace(run) != pace:
        st.rerun()  # a fragment cannot change its own pace: draw the page anew
    show_message()  # of a button in here, which runs this fragment alone
    _show(run, status)


def _look_again(run: Run, drawn: Status) -> None:
    """Somebody else may have put the run in line again."""
    if run.status.state != drawn.state:
        st.rerun()


def _show(run: Run, status: Status) -> None:
    words = STATES[status.state]
    st.markdown(f"#### {plain(run.config.name)} :{words.colour}-badge[{words.icon} {words.name}]")
    st.caption(in_short(run.config))
    batches, epochs = run.batches, run.epochs
    _tell(run, status, batches)
    if moves(status) or status.parked:
        show_controls(run, status)
    if len(batches["epoch"]):
        show_numbers(run, status, batches, epochs)
        show_learning_curves(run.config, batches, epochs, up_close=moves(status) and run.control.slow_motion)


def _tell(run: Run, status: Status, batches: dict) -> None:
    """What the state means for those who wait."""
    if status.error:
        st.error(status.error, icon=":material/report:")
    if status.state == QUEUED:
        _tell_place(run)
    elif status.state == RUNNING:
        st.progress(run.progress, text=progress_text(run, status, batches))
    elif status.state == PAUSED:
        _tell_pause(status)
    elif status.state == FINISHED:
        st.caption(summary(run, status))
    elif meaning := STATES[status.state].meaning:
        st.write(meaning)


def _tell_place(run: Run) -> None:
    place = queue.place_of(run, run.home)
    st.info(
        f"**{place.ahead} before it.** It starts by itself, in about {in_words(place.seconds)}."
        if place.ahead
        else "**Next in line.** It starts by itself as soon as a worker is free.",
        icon=":material/hourglass_empty:",
    )


def _tell_pause(status: Status) -> None:
    st.info(
        "Its place was given to others; what it has learned is saved. Resume puts it in line again."
        if status.parked
        else "It holds still and goes on from here. After a minute its place is given to others.",
        icon=":material/pause:",
    )
