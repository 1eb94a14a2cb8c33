"""Train: choose a recipe or turn the knobs, press Train, watch it learn."""

import streamlit as st

from pages._parts import frame, knobs
from pages._parts.by_hand import show_by_hand
from pages._parts.experiments import show_experiments
from pages._parts.explanations import show_activations, show_network, show_terms
from pages._parts.looking_inside import show_inside
from pages._parts.run_choice import choose_run, is_watching, new_training, run_on_view
from pages._parts.run_line import show_line
from pages._parts.run_view import show_run
from pages._parts.runs_table import show_runs
from pages._parts.train_tabs import show_tabs
from pages._parts.training_form import training_form


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
        show_network(knobs.model())
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

frame.require(__file__)
st.title("Train")
for tab, show in zip(show_tabs(), SHOWN, strict=True):
    if tab.open:
        with tab:
            show()
