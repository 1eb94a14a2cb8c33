"""The queue position of a waiting run, and the rerun of the page when its state changes."""

import streamlit as st

from mnist_core.engine import queue
from mnist_core.runs.run import Run
from mnist_core.runs.status import Status
from pages._shared.services import engine
from pages._shared.wording import format_duration


def show_queue_position(run: Run) -> None:
    """Show the queue position of ``run``; ensure that an engine is running to train it."""
    engine().ensure_started()
    if engine().error:
        st.error(engine().error, icon=":material/build:")
    position = queue.position_of(run, run.home)
    st.info(
        f"**{position.ahead} before it.** It starts by itself, in about {format_duration(position.seconds)}."
        if position.ahead
        else "**Next in line.** It starts by itself as soon as a worker is free.",
        icon=":material/hourglass_empty:",
    )


def rerun_if_changed(run: Run, shown: Status) -> None:
    """Rerun the page if the state of the run differs from ``shown``, the status on the page."""
    status = run.read_status()
    if (status.state, status.suspended) != (shown.state, shown.suspended):
        st.rerun()
