"""Host's desk, Trainings: who trains, who waits, and what the host changes about it."""

import streamlit as st

from mnist_core.runs import queue, store
from mnist_core.runs.run import Run
from pages._parts.durations import in_words
from pages._parts.host_door import host
from pages._parts.lab import desk, people
from pages._parts.messages import acting, plain, show_message, telling
from pages._parts.run_states import STATES


@st.fragment(run_every="2s")
@telling
def show_trainings() -> None:
    """The line as it is now, the next one first."""
    show_message()
    line = queue.waiting(store.home())
    trained = [run for run in store.list_runs(store.home()) if run.status.has_trainer and run not in line]
    if not trained and not line:
        st.info("Nothing is being trained, and nobody waits.", icon=":material/hourglass_empty:")
        return
    names = people().nicknames([run.config.person for run in trained + line])
    for run in trained:
        _row(run, f"{_named(run, names)} · {STATES[run.status.state].name}, {run.progress:.0%} done")
    for number, run in enumerate(line, start=1):
        starts = in_words(queue.place_of(run, run.home).seconds)
        _row(run, f"{number}. {_named(run, names)} · starts in about {starts}", first=number > 1)


def _named(run: Run, names: dict[str, str]) -> str:
    """The run, and who asked for it where that is known."""
    return " · ".join(plain(name) for name in (run.config.name, names.get(run.config.person, "")) if name)


def _row(run: Run, text: str, *, first: bool = False) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(text, width="stretch")
        if first:
            st.button(
                "Train next",
                icon=":material/vertical_align_top:",
                key=f"first-{run.id}",
                on_click=acting(lambda: desk().put_first(host(), run.id)),
            )
        st.button(
            "Cancelling …" if run.control.cancel else "Cancel",
            icon=":material/stop:",
            key=f"host-cancel-{run.id}",
            disabled=run.control.cancel,
            on_click=acting(lambda: desk().cancel(host(), run.id)),
        )
