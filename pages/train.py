"""Train: choose a recipe or settings, train a network and watch it learn."""

import streamlit as st

from pages._shared.selected_run import choose_run, is_watching, new_training_expander, selected_run
from pages._train import form_state
from pages._train.experiments import show_experiments
from pages._train.form import show_training_form
from pages._train.how_it_learns import show_activations, show_network, show_terms
from pages._train.queue_view import show_queue
from pages._train.run.view import show_run
from pages._train.runs_table import show_runs
from pages._train.step_by_hand.tab import show_step_by_hand
from pages._train.tabs import show_tabs
from pages._train.weights import show_weights_tab


def show_training() -> None:
    """Show the form and the selected run; the form is in an expander while a run is watched."""
    watching = is_watching()
    left, right = st.columns([1, 2.2], gap="small" if watching else "large")
    new_training = new_training_expander(left) if watching else None
    is_collapsed = new_training is not None and not new_training.open
    with new_training or left.container(border=True):
        show_training_form()
    with right:
        run = choose_run()
        show_queue()
    with st.container() if is_collapsed else right:  # the full width for the curves
        show_run(run, wide=is_collapsed)


def show_explanations() -> None:
    """Show the network that the form describes, the activation functions, and the terms."""
    left, right = st.columns(2, gap="large")
    with left:
        show_network(form_state.model())
    with right:
        show_activations()
    show_terms()


TAB_FUNCTIONS = (
    show_training,
    show_explanations,
    show_experiments,
    show_runs,
    lambda: show_weights_tab(selected_run()),
    lambda: show_step_by_hand(selected_run()),
)

st.title("Train")
for tab, show in zip(show_tabs(), TAB_FUNCTIONS, strict=True):
    if tab.open:
        with tab:
            show()
