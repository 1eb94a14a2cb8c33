"""One training that everyone watches: every page leads to it, and the board has its curves."""

import streamlit as st

from mnist_core import settings
from mnist_core.runs import store
from mnist_core.runs.run import Run, RunError
from mnist_core.runs.status import QUEUED
from pages._shared.messages import escape_markdown
from pages._shared.navigation import page_file
from pages._shared.queue_position import show_queue_position
from pages._shared.run_summary import progress_text, summary
from pages._shared.selected_run import RUN, select_run
from pages._shared.services import room_now


def watched_run() -> Run | None:
    """What the host shows; None where that is nothing, or gone."""
    watched = room_now().watched
    try:
        return store.find(watched, settings.home()) if watched is not None else None
    except RunError:
        return None


def show_broadcast_banner() -> None:
    """A way to what the host shows, for who does not look at it yet."""
    run = watched_run()
    if run is None or run.id in (st.session_state.get(RUN), st.query_params.get(RUN)):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/campaign: The host shows a training: **{escape_markdown(run.config.name)}**", width="content"
        )
        # Not a callback: once the run is on view, the button is not drawn any more, and nobody would go there.
        if st.button("Watch it", icon=":material/monitoring:", key="watch"):
            select_run(run.id)
            st.switch_page(page_file("train"))


def show_watched(run: Run) -> None:
    """For the projector: how far it is, and its curves."""
    from pages._shared.widgets.learning_curves import (
        show_learning_curves,  # Altair takes long to import, and most pages have none
    )

    status, batches = run.status, run.batches
    st.markdown(f"## {escape_markdown(run.config.name)}")
    if status.state == QUEUED:
        show_queue_position(run)
    elif status.has_trainer:
        st.progress(run.progress_in(batches), progress_text(run, status, batches))
    elif status.scores:
        st.markdown(f"### {summary(run, status)}")
    if len(batches["epoch"]):
        show_learning_curves(run.config, batches, run.epochs)
