"""One training that everyone watches: every page leads to it, and the board has its curves."""

import streamlit as st

from mnist_core.runs import store
from mnist_core.runs.run import QUEUED, Run, RunError
from pages._parts.lab import room_now
from pages._parts.messages import plain
from pages._parts.run_choice import RUN, look_at
from pages._parts.run_numbers import progress_text, summary
from pages._parts.run_waiting import tell_place


def watched_run() -> Run | None:
    """What the host shows; None where that is nothing, or gone."""
    watched = room_now().watched
    try:
        return store.find(watched, store.home()) if watched is not None else None
    except RunError:
        return None


def offer_to_watch() -> None:
    """A way to what the host shows, for who does not look at it yet."""
    run = watched_run()
    if run is None or run.id in (st.session_state.get(RUN), st.query_params.get(RUN)):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/campaign: The host shows a training: **{plain(run.config.name)}**", width="content")
        # Not a callback: once the run is on view, the button is not drawn any more, and nobody would go there.
        if st.button("Watch it", icon=":material/monitoring:", key="watch"):
            look_at(run.id)
            st.switch_page("pages/train.py")


def show_watched(run: Run) -> None:
    """For the projector: how far it is, and its curves."""
    from pages._parts.charts import show_learning_curves  # Altair takes long to import, and most pages have none

    status, batches = run.status, run.batches
    st.markdown(f"## {plain(run.config.name)}")
    if status.state == QUEUED:
        tell_place(run)
    elif status.has_trainer:
        st.progress(run.progress_in(batches), progress_text(run, status, batches))
    elif status.scores:
        st.markdown(f"### {summary(run, status)}")
    if len(batches["epoch"]):
        show_learning_curves(run.config, batches, run.epochs)
