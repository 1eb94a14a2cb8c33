"""Hints on the Train page: how the selected run could improve, why, and a button that sets the form to it."""

from pathlib import Path

import streamlit as st

from mnist_core.digits import mnist
from mnist_core.runs import hints
from mnist_core.runs.hints import Evidence, Hint, Suggestion
from mnist_core.runs.run import Run
from mnist_core.runs.view import RunView
from pages._shared.selected_run import show_form_again
from pages._train import form_state

SAMPLE_SIZE = 1_000  # test digits, for the activations of the hidden layers


def show_hints(view: RunView) -> None:
    """Show the hints for a run."""
    run, epochs = view.run, len(view.epochs["epoch"])
    for hint in _hints(str(run.path), epochs, max(run.snapshots(), default=0), view.status.state):
        st.markdown(f":material/lightbulb: **{hint.title}.** {hint.finding}")
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.popover("Why?"):
                st.write(hint.why)
            if hint.suggestion and st.button(hint.suggestion.text, key=f"{hint.suggestion.text}-{run.id}"):
                _apply(hint.suggestion)


@st.cache_data(max_entries=100, show_spinner=False)
def _hints(path: str, epochs: int, newest_snapshot: int, state: str) -> list[Hint]:
    """Return the hints for the run at ``path``; the other arguments are part of the cache key."""
    return hints.hints(Evidence.of(Run(Path(path)), mnist.load().test.images[:SAMPLE_SIZE]))


def _apply(suggestion: Suggestion) -> None:
    form_state.set_fields(suggestion.model, suggestion.training)
    show_form_again()
    st.toast(f"{suggestion.text}: the form has it. Press Train.", icon=":material/tune:")
    st.rerun()  # the whole page: the form is outside of this fragment
