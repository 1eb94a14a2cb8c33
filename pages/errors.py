"""Errors: what the chosen network gets wrong in the test set, how well it knows that, and what would make it err."""

import streamlit as st

from mnist_core.runs.run import Run, RunError
from pages._parts import frame
from pages._parts.errors_compare import show_compare
from pages._parts.errors_controls import ALL, VIEW, VIEWS
from pages._parts.errors_court import show_court
from pages._parts.errors_mistakes import show_mistakes
from pages._parts.errors_numbers import show_numbers
from pages._parts.errors_robustness import show_robustness
from pages._parts.fragments import fragment
from pages._parts.model_picker import chosen_run

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
        choice.tell_address()
    try:
        SHOW[view](run)
    except RunError as error:
        st.error(
            f"{error} Choose another network in the sidebar, or train a new one on the Train page.",
            icon=":material/build:",
        )


frame.require(__file__)
st.title("Errors")
show_view(chosen_run())
