"""The sidebar's choice of the trained run that Draw and Errors use."""

from collections.abc import Sequence

import streamlit as st

from mnist_core import settings
from mnist_core.errors import LabError
from mnist_core.runs import store
from mnist_core.runs.run import Run
from pages._shared.messages import escape_markdown
from pages._shared.services import room_now
from pages._shared.url_state import distinct_labels, select_in_address

KEY = "model"  # in the session: the id of the chosen run
PINNED = "pinned-model"  # in the session: the run that the host had pinned when this person saw a page last


class NoModel(LabError):
    """There is no trained run to choose."""


def choose_model() -> None:
    """Show the choice in the sidebar; it holds for this person alone, and its address keeps it over a reload."""
    home = settings.home()
    trained = {run.id: run for run in reversed(store.list_runs(home)) if run.has_model}
    state = room_now()
    default = store.default_run(home, state.pinned)
    if trained:
        _follow_host(state.pinned, trained)
        asked = st.session_state.get(KEY) or st.query_params.get(KEY)
        if asked and asked not in trained:
            st.toast("The network that you had chosen is gone: another one takes its place.", icon=":material/delete:")
        select_in_address(
            st.sidebar,
            "Network",
            list(trained),
            key=KEY,
            default=lambda: default.id if default else next(iter(trained)),
            format_func=lambda run_id: label(trained[run_id]),
            help_="The trained network that Draw and Errors use. Your choice changes nothing for others.",
        )
    for message in store.unreadable_runs(home):
        st.sidebar.warning(f"{message} Other runs are not affected.", icon=":material/folder_off:")


def _follow_host(pinned: str | None, trained: dict[str, Run]) -> None:
    """Choose what the host has ``pinned``: for a newcomer, and for everyone at the moment when it changes.

    A newcomer's address counts as a choice unless it names the app's default: that is there without anybody choosing.
    """
    newcomer, before = PINNED not in st.session_state, st.session_state.get(PINNED)
    st.session_state[PINNED] = pinned
    if pinned not in trained or pinned == before:
        return
    if not newcomer:
        st.toast(
            f"The host has chosen {escape_markdown(trained[pinned].config.name)} for everyone.",
            icon=":material/push_pin:",
        )
    default = store.shipped_default_run()
    if not newcomer or st.query_params.get(KEY) in (None, default and default.id):
        st.session_state[KEY] = pinned


def offer_to_use(run: Run, place: str, *, prominent: bool = False) -> None:
    """A button that chooses ``run`` for this person, or the word that it is chosen; ``place`` tells apart a page's."""
    if st.session_state.get(KEY) == run.id:
        st.success("Draw and Errors use this network now.", icon=":material/check:")
        return
    if st.button(
        "Use this network on Draw and Errors",
        icon=":material/draw:",
        type="primary" if prominent else "secondary",
        key=f"{place}-use-{run.id}",
    ):
        st.session_state[KEY] = run.id
        st.rerun()  # all of the page, from a fragment too: the sidebar says what is chosen


def distinct_names(runs: Sequence[Run]) -> dict[str, str]:
    """What each of ``runs`` is called where they stand side by side, by its id, in their order."""
    names = {run.id: run.config.name for run in runs}
    labels = distinct_labels(list(names), names.__getitem__)
    return {run_id: labels[run_id] for run_id in names}


def other_networks(run: Run) -> list[Run]:
    """Those but ``run`` that have answered the test digits: the shipped ones, then the newest."""
    others = [each for each in store.list_runs(settings.home()) if each != run and each.has_model and each.evaluated]
    return sorted(reversed(others), key=lambda each: not each.shipped)


def label(run: Run) -> str:
    """The run's name and how well it does on the test set."""
    scores = run.status.scores
    return f"{run.config.name} · {scores['test_accuracy']:.2%}" if scores else run.config.name


def chosen_run() -> Run:
    """The run that this person has chosen. Raises NoModel when there is none to choose."""
    run_id = st.session_state.get(KEY)
    if run_id is None:
        raise NoModel("There is no trained network yet. Train one on the Train page.")
    return store.find(run_id, settings.home())
