"""Train: choose a recipe or turn the knobs, press Train, watch it learn."""

import streamlit as st

from pages._shared.selected_run import choose_run, is_watching, new_training, run_on_view
from pages._train import form_state
from pages._train.experiments import show_experiments
from pages._train.form import training_form
from pages._train.how_it_learns import show_activations, show_network, show_terms
from pages._train.queue_view import show_line
from pages._train.run.view import show_run
from pages._train.runs_table import show_runs
from pages._train.step_by_hand.tab import show_by_hand
from pages._train.tabs import show_tabs
from pages._train.weights import show_inside


def show_training() -> None:
    """The form, and the run on view; the form makes room for a run that is watched."""
    watching = is_watching()
    left, right = st.columns([1, 2.2], gap="small" if watching else "large")
    form = new_training(left) if watching else left.container(border=True)
    folded = watching and not form.open
    with form:
        training_form()
    with right:
        run = choose_run()
        show_line()
    with st.container() if folded else right:  # all the width for the curves
        show_run(run, wide=folded)


def show_explanations() -> None:
    """The network that the form describes, its activation functions, and the words."""
    left, right = st.columns(2, gap="large")
    with left:
        show_network(form_state.model())
    with right:
        show_activations()
    show_terms()


SHOWN = (
    show_training,
    show_explanations,
    show_experiments,
    show_runs,
    lambda: show_inside(run_on_view()),
    lambda: show_by_hand(run_on_view()),
)

st.title("Train")
for tab, show in zip(show_tabs(), SHOWN, strict=True):
    if tab.open:
        with tab:
            show()
