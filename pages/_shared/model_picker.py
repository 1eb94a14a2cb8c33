"""The sidebar's selection of the trained run that Draw and Errors use."""

from collections.abc import Iterable, Sequence

import streamlit as st

from mnist_core import settings
from mnist_core.errors import LabError
from mnist_core.runs import scan, store
from mnist_core.runs.run import Run
from mnist_core.runs.scan import UnreadableRun
from mnist_core.runs.view import ListedRun
from pages._shared.messages import escape_markdown
from pages._shared.services import room_state
from pages._shared.url_state import distinct_labels, select_in_url

MODEL_KEY = "model"  # session state and query parameter: the id of the selected run
MAX_SHOWN_PROBLEMS = 3
PINNED_KEY = "pinned-model"  # session state: the id of the host's pinned run at this person's last page run


class NoModel(LabError):
    """There is no trained run to select."""


def choose_model() -> None:
    """Show the selection in the sidebar; it applies to this person only, and the URL keeps it over a reload."""
    home = settings.home()
    scanned = scan.scan(home)
    trained = {listed.id: listed for listed in reversed(scanned.runs) if listed.run.has_model()}
    state = room_state()
    default = store.default_run(home, state.pinned)
    if trained:
        _follow_host(state.pinned, trained)
        requested = st.session_state.get(MODEL_KEY) or st.query_params.get(MODEL_KEY)
        if requested and requested not in trained:
            st.toast("The network that you had chosen is gone: another one takes its place.", icon=":material/delete:")
        select_in_url(
            st.sidebar,
            "Network",
            list(trained),
            key=MODEL_KEY,
            default=lambda: default.id if default else next(iter(trained)),
            format_func=lambda run_id: run_label(trained[run_id]),
            help_="The trained network that Draw and Errors use. Your choice changes nothing for others.",
        )
    _show_unreadable(scanned.unreadable)


def _show_unreadable(runs: Sequence[UnreadableRun]) -> None:
    for unreadable in runs[:MAX_SHOWN_PROBLEMS]:
        st.sidebar.warning(
            f"{escape_markdown(unreadable.reason)} Other runs are not affected.", icon=":material/folder_off:"
        )
    if len(runs) > MAX_SHOWN_PROBLEMS:
        st.sidebar.caption(f"And {len(runs) - MAX_SHOWN_PROBLEMS} more runs that cannot be read.")


def _follow_host(pinned: str | None, trained: dict[str, ListedRun]) -> None:
    """Select the run that the host has ``pinned``: for a new visitor, and for everyone when it changes.

    The run in a new visitor's URL counts as a choice, except the app's default, which is put there automatically.
    """
    is_new_visitor, previous = PINNED_KEY not in st.session_state, st.session_state.get(PINNED_KEY)
    st.session_state[PINNED_KEY] = pinned
    if pinned not in trained or pinned == previous:
        return
    if not is_new_visitor:
        st.toast(
            f"The host has chosen {escape_markdown(trained[pinned].config.name)} for everyone.",
            icon=":material/push_pin:",
        )
    default = store.shipped_default_run()
    if not is_new_visitor or st.query_params.get(MODEL_KEY) in (None, default and default.id):
        st.session_state[MODEL_KEY] = pinned


def show_use_button(run: Run, key_prefix: str, *, prominent: bool = False) -> None:
    """Show a button that selects ``run``, or that it is selected; ``key_prefix`` makes the key unique on a page."""
    if st.session_state.get(MODEL_KEY) == run.id:
        st.success("Draw and Errors use this network now.", icon=":material/check:")
        return
    if st.button(
        "Use this network on Draw and Errors",
        icon=":material/draw:",
        type="primary" if prominent else "secondary",
        key=f"{key_prefix}-use-{run.id}",
    ):
        st.session_state[MODEL_KEY] = run.id
        st.rerun()  # the whole page, even from a fragment: the sidebar shows the selection


def distinct_names(runs: Iterable[ListedRun]) -> dict[str, str]:
    """Return a distinct display name for each of ``runs``, by run id, in their order."""
    names = {run.id: run.config.name for run in runs}
    labels = distinct_labels(list(names), names.__getitem__)
    return {run_id: labels[run_id] for run_id in names}


def other_networks(run: Run) -> list[Run]:
    """Return the evaluated networks other than ``run``: the shipped ones, then the newest."""
    runs = [listed.run for listed in scan.scan(settings.home()).runs]
    others = [each for each in runs if each != run and each.has_model() and each.evaluation.exists()]
    return sorted(reversed(others), key=lambda each: not each.shipped)


def run_label(run: ListedRun) -> str:
    """Return the run's name and its test accuracy."""
    scores = run.status.scores
    return f"{run.config.name} · {scores['test_accuracy']:.2%}" if scores else run.config.name


def chosen_run() -> Run:
    """Return the run that this person has selected. Raises NoModel when there is none."""
    run_id = st.session_state.get(MODEL_KEY)
    if run_id is None:
        raise NoModel("There is no trained network yet. Train one on the Train page.")
    return store.find(run_id, settings.home())
