"""The training that the host shows to everyone: a banner on every page, and its curves on the board."""

import streamlit as st

from mnist_core import settings
from mnist_core.errors import RunError
from mnist_core.runs import store
from mnist_core.runs.run import Run
from mnist_core.runs.status import QUEUED
from pages._shared.messages import escape_markdown
from pages._shared.page_files import page_file
from pages._shared.queue_position import show_queue_position
from pages._shared.run_summary import progress_text, summary
from pages._shared.selected_run import RUN_KEY, select_run
from pages._shared.services import room_state


def watched_run() -> Run | None:
    """Return the run that the host shows; None when there is none or it was deleted."""
    watched = room_state().watched
    try:
        return store.find(watched, settings.home()) if watched is not None else None
    except RunError:
        return None


def show_broadcast_banner() -> None:
    """Show a link to the run that the host shows, unless this person has selected it already."""
    run = watched_run()
    if run is None or run.id in (st.session_state.get(RUN_KEY), st.query_params.get(RUN_KEY)):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/campaign: The host shows a training: **{escape_markdown(run.read_config().name)}**",
            width="content",
        )
        # Not a callback: after it this banner would not run again, so the page would not be switched.
        if st.button("Watch it", icon=":material/monitoring:", key="watch"):
            select_run(run.id)
            st.switch_page(page_file("train"))


def show_watched_run(run: Run) -> None:
    """Show the run's progress and curves on the projector."""
    from pages._shared.widgets.learning_curves import (
        show_learning_curves,  # Altair is slow to import, and most pages have no chart
    )

    view = run.read()
    status = view.status
    st.markdown(f"## {escape_markdown(run.read_config().name)}")
    if status.state == QUEUED:
        show_queue_position(run)
    elif status.has_trainer:
        st.progress(view.progress, progress_text(view))
    elif status.scores:
        st.markdown(f"### {summary(view)}")
    if len(view.batches["epoch"]):
        show_learning_curves(view.config, view.batches, view.epochs)
