"""The selected run of the Train page: its selection widget, and the functions that change it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_core import settings
from mnist_core.config import RunConfig
from mnist_core.errors import RunError
from mnist_core.runs import scan, store
from mnist_core.runs.run import Run
from mnist_core.runs.status import PAUSED, QUEUED, RUNNING
from mnist_core.runs.view import ListedRun
from pages._shared.device import is_phone
from pages._shared.identity import person
from pages._shared.messages import safe_callback
from pages._shared.model_picker import run_label
from pages._shared.run_status import STATES, is_live
from pages._shared.services import engine
from pages._shared.url_state import select_in_url, selected_in_url

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

RUN_KEY = "run"  # session state and query parameter: the id of the selected run
TRAINING_REVISION_KEY = "training-revision"  # session state: how many trainings this session has started
WATCHING_KEY = "watching"  # session state: whether this person watches the selected run

T = TypeVar("T")


def training_revision() -> int:
    """Return the number of trainings that this session has started: part of the keys of Train buttons."""
    return st.session_state.get(TRAINING_REVISION_KEY, 0)


def train_callback(config: Callable[[], RunConfig]) -> Callable[[], None]:
    """Return the callback of a button that queues a training and selects its run; ``config`` is called at the click."""
    return train_once_callback(config, lambda chosen: select_run(engine().train(chosen).id))


def train_once_callback(prepare: Callable[[], T], train: Callable[[T], object]) -> Callable[[], None]:
    """Return the callback of a button that calls ``train`` with what ``prepare`` returns at the click.

    One drawn button starts one training. At any access to the session state Streamlit may interrupt a callback for a
    second click, and then runs it again: so the revision changes right before ``train``, after all of ``prepare``.
    """
    revision = training_revision()

    def start_training() -> None:
        if training_revision() == revision:
            prepared = prepare()
            st.session_state[TRAINING_REVISION_KEY] = revision + 1
            train(prepared)

    return safe_callback(start_training)


def select_run(run_id: str) -> None:
    """Select a run and watch it."""
    st.session_state[RUN_KEY] = run_id
    st.session_state[WATCHING_KEY] = True


def show_form_again() -> None:
    """Show the form beside the selected run again."""
    st.session_state[WATCHING_KEY] = False


def is_watching() -> bool:
    """Return whether the selected run should have the full width: this person selected it, and it is live.

    On a phone it keeps the full width when it has ended: the form would push it off the screen.
    """
    linked_id = RUN_KEY not in st.session_state and st.query_params.get(RUN_KEY)
    if linked_id:
        select_run(linked_id)
    if not st.session_state.get(WATCHING_KEY):
        return False
    try:
        return is_phone() or is_live(store.find(st.session_state[RUN_KEY], settings.home()).read_status())
    except RunError:
        return False


def new_training_expander(container: DeltaGenerator) -> "ExpanderContainer":
    """Return the form's expander while a run is watched: closed at first, and again when another run is selected."""
    key = f"new-training-{st.session_state[RUN_KEY]}"
    return container.expander("New training", icon=":material/add:", key=key, on_change="rerun")


def choose_run() -> Run:
    """Show the selection of the run, the newest first; the URL keeps it."""
    runs = _runs_newest_first()
    run_id = select_in_url(
        st.container(),
        "Run",
        list(runs),
        key=RUN_KEY,
        default=lambda: _default_run(list(runs.values())).id,
        format_func=lambda run_id: _label(runs[run_id]),
        on_choose=select_run,
    )
    return runs[run_id].run


def selected_run() -> Run:
    """Return the selected run, without showing the selection."""
    runs = _runs_newest_first()
    return runs[selected_in_url(runs, key=RUN_KEY, default=lambda: _default_run(list(runs.values())).id)].run


def _runs_newest_first() -> dict[str, ListedRun]:
    runs = {listed.id: listed for listed in reversed(scan.scan(settings.home()).runs)}
    if not runs:
        raise RunError("There is no run to look at yet. Choose your settings and press Train.")
    return runs


def _default_run(runs: list[ListedRun]) -> ListedRun:
    """Return the first active run of this person, else the first active run, else the first of ``runs``."""
    active = [run for run in runs if run.status.active]
    mine = [run for run in active if run.config.person == person()]
    return next(iter(mine or active or runs))


def _label(run: ListedRun) -> str:
    status = run.status
    if status.state in (QUEUED, RUNNING, PAUSED) or not status.scores:
        return f"{run.config.name} · {STATES[status.state].name}"
    return run_label(run)
