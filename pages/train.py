"""Train: choose the settings, press Train, watch it learn."""

import streamlit as st

from pages._parts import frame
from pages._parts.explanations import show_activations, show_network, show_terms
from pages._parts.messages import acting
from pages._parts.run_view import choose_run, show_run, start
from pages._parts.training_form import training_form

frame.require(__file__)
st.title("Train")
training, explanation = st.tabs(["Train a network", "How it learns"])
with training:
    form, view = st.columns([1, 2.2], gap="large")
    with form.container(border=True):
        config = training_form()
        st.button(
            "Train",
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            on_click=acting(lambda: start(config)),
        )
    with view:
        run = choose_run()
        show_run(run)
with explanation:
    left, right = st.columns(2, gap="large")
    with left:
        show_network(config.model)
    with right:
        show_activations()
    show_terms()
