"""Hints on the Train page: what the run on view could do better, why, and a button that tries it."""

from pathlib import Path

import streamlit as st

from mnist_core.digits import mnist
from mnist_core.runs import hints
from mnist_core.runs.hints import Cure, Evidence, Hint
from mnist_core.runs.run import Run
from mnist_core.runs.status import Status
from pages._shared.selected_run import back_to_the_form
from pages._train import form_state

TRIED = 1_000  # test digits that the hidden layers are tried on


def show_hints(run: Run, status: Status, *, epochs: int) -> None:
    """Show what the rules say of ``run``, which has so many ``epochs`` in its history now."""
    newest_snapshot = max(run.snapshots, default=0)
    for hint in _hints(str(run.path), epochs, newest_snapshot, status.state):
        st.markdown(f":material/lightbulb: **{hint.title}.** {hint.finding}")
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.popover("Why?"):
                st.write(hint.why)
            if hint.cure and st.button(hint.cure.words, key=f"{hint.cure.words}-{run.id}"):
                _try(hint.cure)


@st.cache_data(max_entries=100, show_spinner=False)
def _hints(path: str, epochs: int, newest_snapshot: int, state: str) -> list[Hint]:
    """The hints of the run at ``path``; they are worked out anew when one of the others has changed."""
    return hints.hints(Evidence.of(Run(Path(path)), mnist.load().test.images[:TRIED]))


def _try(cure: Cure) -> None:
    form_state.turn_to(cure.model, cure.training)
    back_to_the_form()
    st.toast(f"{cure.words}: the form has it. Press Train.", icon=":material/tune:")
    st.rerun()  # all of the page: the form stands outside of this part
