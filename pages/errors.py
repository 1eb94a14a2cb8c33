"""Errors: what the chosen network gets wrong in the test set, and how it reads digits that are made harder."""

import streamlit as st

from mnist_core.digits import mnist
from mnist_core.runs.run import RunError
from pages._parts import frame
from pages._parts.errors_browser import show_browser
from pages._parts.errors_overview import show_confusion, show_examples, show_scores
from pages._parts.errors_robustness import show_robustness
from pages._parts.model_picker import chosen_run

MISTAKES, ROBUSTNESS = "What it gets wrong", "Robustness"

frame.require(__file__)
st.title("Errors")
run = chosen_run()
view = st.segmented_control(
    "View",
    [MISTAKES, ROBUSTNESS],
    default=MISTAKES,
    required=True,
    label_visibility="collapsed",
    key="errors_view",
    persist_state="session",
)
if view == ROBUSTNESS:
    show_robustness(run)
    st.stop()
try:
    probabilities = run.test_probabilities
except RunError as error:
    st.error(
        f"{error} Choose another network in the sidebar, or train a new one on the Train page.",
        icon=":material/build:",
    )
    st.stop()

test = mnist.load().test
predicted = probabilities.argmax(axis=1)

show_scores(run.config.name, probabilities, test.labels)
left, right = st.columns(2, gap="large")
with left:
    show_confusion(predicted, test.labels)
with right:
    show_browser(probabilities, test)
show_examples(predicted, run.config.name)
