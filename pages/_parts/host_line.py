"""Host's desk, Trainings: who trains, who waits, and what the host changes about it."""

import streamlit as st

from mnist_core.config import RECIPES, RunConfig
from mnist_core.runs import queue, store
from mnist_core.runs.run import Run
from pages._parts.durations import in_words
from pages._parts.fragments import ticking
from pages._parts.host_door import host
from pages._parts.host_watch import watched_run
from pages._parts.lab import desk, engine, people
from pages._parts.messages import acting, plain, show_message
from pages._parts.person import nickname, person
from pages._parts.run_states import STATES


@ticking("2s")
def show_trainings() -> None:
    """The line as it is now, the next one first."""
    show_message()
    watched = watched_run()
    if watched:
        _tell_watched(watched)
    else:
        _train_for_all()
    st.divider()
    line = queue.waiting(store.home())
    trained = [run for run in store.list_runs(store.home()) if run.status.has_trainer and run not in line]
    if not trained and not line:
        st.info("Nothing is being trained, and nobody waits.", icon=":material/hourglass_empty:")
        return
    names = people().nicknames([run.config.person for run in trained + line])
    shown = watched and watched.id
    for run in trained:
        _row(run, shown, f"{_named(run, names)} · {STATES[run.status.state].name}, {run.progress:.0%} done")
    for number, run in enumerate(line, start=1):
        starts = in_words(queue.place_of(run, run.home).seconds)
        _row(run, shown, f"{number}. {_named(run, names)} · starts in about {starts}", first=number > 1)


def _train_for_all() -> None:
    st.write("**One training that everyone watches:** every page leads to it, and the board shows its curves.")
    recipe = st.segmented_control("Recipe", list(RECIPES), default="express", required=True, key="host-recipe")
    asked = RECIPES[recipe]

    def train() -> None:
        who = {"person": person(), "nickname": nickname()}
        config = RunConfig(name=f"{recipe}, for all", recipe=recipe, model=asked.model, training=asked.training, **who)
        desk().train_for_all(host(), engine(), config)

    st.button("Train it for all", icon=":material/play_arrow:", type="primary", on_click=acting(train))


def _tell_watched(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/campaign: All are shown **{plain(run.config.name)}**.", width="stretch")
        st.button(
            "Show it no more", icon=":material/visibility_off:", on_click=acting(lambda: desk().show(host(), None))
        )


def _named(run: Run, names: dict[str, str]) -> str:
    """The run, and who asked for it where that is known."""
    return " · ".join(plain(name) for name in (run.config.name, names.get(run.config.person, "")) if name)


def _row(run: Run, shown: str | None, text: str, *, first: bool = False) -> None:
    """``shown``: the id of the run that all watch."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(text, width="stretch")
        if run.id != shown:
            st.button(
                "Show to all",
                icon=":material/campaign:",
                key=f"show-{run.id}",
                on_click=acting(lambda: desk().show(host(), run.id)),
            )
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
