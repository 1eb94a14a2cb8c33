"""The selection of a snapshot of the selected run by its epoch."""

import streamlit as st

from mnist_core.runs.run import Run
from pages._shared.fragments import polling_fragment
from pages._shared.messages import escape_markdown
from pages._shared.run_status import is_live


def choose_epoch(run: Run, *, key: str) -> int:
    """Show a slider over the epochs with a snapshot, initially the newest. ``run`` has at least one."""
    epochs = list(run.snapshots())
    if len(epochs) == 1:
        st.caption(f"After epoch {epochs[0]}, the only snapshot so far.")
        return epochs[0]
    # A new widget for each newest snapshot, so that it starts at that one.
    return st.select_slider(
        "After epoch", epochs, epochs[-1], key=f"{key}-{run.id}-{epochs[-1]}", persist_state="session"
    )


def has_snapshots(run: Run) -> bool:
    """Show which run is selected, and return whether it has snapshots; the page follows a run that trains."""
    epochs = list(run.snapshots())
    if is_live(run.read_status()):
        polling_fragment("2s")(_rerun_if_changed)(run, epochs)
    st.caption(f"On view: {escape_markdown(run.read_config().name)}. The first tab has the choice.")
    if not epochs:
        st.info(
            "It has no snapshot yet. The first comes at the end of its first epoch."
            if is_live(run.read_status())
            else "This run kept no snapshots of its training. Choose another one on the first tab.",
            icon=":material/photo_camera:",
        )
    return bool(epochs)


def _rerun_if_changed(run: Run, shown: list[int]) -> None:
    """Rerun the page when the snapshots differ from those ``shown``, or no more will be added."""
    if list(run.snapshots()) != shown or not is_live(run.read_status()):
        st.rerun()
