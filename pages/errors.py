"""Errors: what the chosen network gets wrong in the test set, how well it knows that, and what would make it err."""

import streamlit as st

from mnist_core.runs.run import Run, RunError
from pages._errors.label_court import show_court
from pages._errors.metrics import show_numbers
from pages._errors.mistakes import show_mistakes
from pages._errors.model_comparison import show_compare
from pages._errors.robustness import show_robustness
from pages._errors.selection import ALL, VIEW, VIEWS
from pages._shared.fragments import fragment
from pages._shared.model_picker import chosen_run

SHOW = {
    "mistakes": show_mistakes,
    "numbers": show_numbers,
    "compare": show_compare,
    "court": show_court,
    "robustness": show_robustness,
}


@fragment
def show_view(run: Run) -> None:
    """The choice of a view, and that view. A click redraws no more than this; the sidebar stays."""
    view = VIEW.value
    VIEW.segmented("View", VIEWS, hidden_label=True)
    for choice in ALL:
        choice.sync_url()
    try:
        SHOW[view](run)
    except RunError as error:
        st.error(
            f"{error} Choose another network in the sidebar, or train a new one on the Train page.",
            icon=":material/build:",
        )


st.title("Errors")
show_view(chosen_run())
