"""A run that somebody waits for: its place in line, and whether it has come further."""

import streamlit as st

from mnist_core.engine import queue
from mnist_core.runs.run import Run
from mnist_core.runs.status import Status
from pages._shared.services import engine
from pages._shared.wording import format_duration


def show_queue_position(run: Run) -> None:
    """Tell where ``run`` stands in line; while somebody looks, see to it that there is an engine to take it up."""
    engine().ensure_started()
    if engine().error:
        st.error(engine().error, icon=":material/build:")
    place = queue.position_of(run, run.home)
    st.info(
        f"**{place.ahead} before it.** It starts by itself, in about {format_duration(place.seconds)}."
        if place.ahead
        else "**Next in line.** It starts by itself as soon as a worker is free.",
        icon=":material/hourglass_empty:",
    )


def rerun_if_changed(run: Run, drawn: Status) -> None:
    """Draw all of the page anew if the run is in another state than it was ``drawn`` in."""
    status = run.status
    if (status.state, status.suspended) != (drawn.state, drawn.suspended):
        st.rerun()
