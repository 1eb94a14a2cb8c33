"""The Errors page: mistakes on the test set, metrics and calibration, comparison, label court and robustness."""

import streamlit as st

from mnist_core.errors import RunError
from mnist_core.runs.run import Run
from pages._errors.label_court import show_court
from pages._errors.metrics import show_metrics
from pages._errors.mistakes import show_mistakes
from pages._errors.model_comparison import show_compare
from pages._errors.robustness import show_robustness
from pages._errors.selection import ALL_STATES, VIEW, VIEWS
from pages._shared.fragments import fragment
from pages._shared.model_picker import chosen_run

VIEW_FUNCTIONS = {
    "mistakes": show_mistakes,
    "numbers": show_metrics,
    "compare": show_compare,
    "court": show_court,
    "robustness": show_robustness,
}


@fragment
def show_view(run: Run) -> None:
    """Show the view selector and the selected view; as a fragment, it reruns without the sidebar."""
    view = VIEW.value
    VIEW.segmented("View", VIEWS, hidden_label=True)
    for choice in ALL_STATES:
        choice.sync_url()
    try:
        VIEW_FUNCTIONS[view](run)
    except RunError as error:
        st.error(
            f"{error} Choose another network in the sidebar, or train a new one on the Train page.",
            icon=":material/build:",
        )


st.title("Errors")
show_view(chosen_run())
