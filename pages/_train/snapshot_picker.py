"""The choice of one of a run's snapshots, by its epoch, and which run it is of."""

import streamlit as st

from mnist_core.runs.run import Run
from pages._shared.fragments import polling_fragment
from pages._shared.messages import escape_markdown
from pages._shared.run_status import is_live


def choose_epoch(run: Run, *, key: str) -> int:
    """A slider over the epochs that ``run`` kept a snapshot of, the newest at first. It has at least one."""
    epochs = list(run.snapshots)
    if len(epochs) == 1:
        st.caption(f"After epoch {epochs[0]}, the only snapshot so far.")
        return epochs[0]
    # A new slider for each newest snapshot: it then stands at that one.
    return st.select_slider(
        "After epoch", epochs, epochs[-1], key=f"{key}-{run.id}-{epochs[-1]}", persist_state="session"
    )


def has_snapshots(run: Run) -> bool:
    """Say which run is on view and whether there is something to look into; the page follows a run that trains."""
    epochs = list(run.snapshots)
    if is_live(run.status):
        polling_fragment("2s")(_look_again)(run, epochs)
    st.caption(f"On view: {escape_markdown(run.config.name)}. The first tab has the choice.")
    if not epochs:
        st.info(
            "It has no snapshot yet. The first comes at the end of its first epoch."
            if is_live(run.status)
            else "This run kept no snapshots of its training. Choose another one on the first tab.",
            icon=":material/photo_camera:",
        )
    return bool(epochs)


def _look_again(run: Run, shown: list[int]) -> None:
    """Draw the page anew when there are other snapshots than those ``shown``, or none will come any more."""
    if list(run.snapshots) != shown or not is_live(run.status):
        st.rerun()
