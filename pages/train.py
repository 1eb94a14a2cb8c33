"""Train: choose a recipe or turn the knobs, press Train, watch it learn."""

import streamlit as st

from pages._parts import frame, knobs
from pages._parts.explanations import show_activations, show_network, show_terms
from pages._parts.run_choice import choose_run, is_watching, show_line
from pages._parts.run_view import show_run
from pages._parts.training_form import training_form

frame.require(__file__)
st.title("Train")
training, explanation = st.tabs(["Train a network", "How it learns"])
with training:
    if is_watching():  # all the room for the curves; on a phone the form would push them off the screen
        form = st.expander("New training", icon=":material/add:")
        view = st.container()
    else:
        left, view = st.columns([1, 2.2], gap="large")
        form = left.container(border=True)
    with form:
        training_form()
    with view:
        run = choose_run()
        show_line()
        show_run(run)
with explanation:
    left, right = st.columns(2, gap="large")
    with left:
        show_network(knobs.model())
    with right:
        show_activations()
    show_terms()
