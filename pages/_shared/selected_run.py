"""Which run is on view: the choice, and what puts a new one there."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_core import settings
from mnist_core.config import RunConfig
from mnist_core.runs import store
from mnist_core.runs.run import Run, RunError
from mnist_core.runs.status import PAUSED, QUEUED, RUNNING
from pages._shared.device import is_phone
from pages._shared.identity import person
from pages._shared.model_picker import label
from pages._shared.run_status import STATES, is_live
from pages._shared.services import engine
from pages._shared.url_state import chosen_in_address, select_in_address

RUN = "run"  # in the session and in the address: the id of the run on view
WATCHING = "watching"  # in the session: whether this person has put a run on view


def start(config: RunConfig) -> None:
    """Put a training in line and look at it: what the Train buttons do."""
    select_run(engine().train(config).id)


def select_run(run_id: str) -> None:
    """Put a run on view."""
    st.session_state[RUN] = run_id
    st.session_state[WATCHING] = True


def back_to_the_form() -> None:
    """Give the form its place again, beside the run on view."""
    st.session_state[WATCHING] = False


def is_watching() -> bool:
    """Whether the run on view should have all the room: this person has put it there, and it still moves.

    On a phone it keeps the room when it has ended: the form would push it off the screen.
    """
    linked = RUN not in st.session_state and st.query_params.get(RUN)
    if linked:
        select_run(linked)
    if not st.session_state.get(WATCHING):
        return False
    try:
        return is_phone() or is_live(store.find(st.session_state[RUN], settings.home()).status)
    except RunError:
        return False


def new_training(place: DeltaGenerator) -> DeltaGenerator:
    """Where the form is while a run is watched: folded up until it is opened, and again when another run is on view."""
    key = f"new-training-{st.session_state[RUN]}"
    return place.expander("New training", icon=":material/add:", key=key, on_change="rerun")


def choose_run() -> Run:
    """Show the choice of the run on view, the newest first; the address holds it."""
    runs = _newest_first()
    chosen = select_in_address(
        st.container(),
        "Run",
        list(runs),
        key=RUN,
        default=lambda: _newest(list(runs.values())).id,
        format_func=lambda run_id: _label(runs[run_id]),
        on_choose=select_run,
    )
    return runs[chosen]


def run_on_view() -> Run:
    """The run on view, without the choice."""
    runs = _newest_first()
    return runs[chosen_in_address(runs, key=RUN, default=lambda: _newest(list(runs.values())).id)]


def _newest_first() -> dict[str, Run]:
    runs = {run.id: run for run in reversed(store.list_runs(settings.home()))}
    if not runs:
        raise RunError("There is no run to look at yet. Choose your settings and press Train.")
    return runs


def _newest(runs: list[Run]) -> Run:
    """Of ``runs``, newest first: one that trains or waits, best this person's own; else the first."""
    active = [run for run in runs if run.status.active]
    mine = [run for run in active if run.config.person == person()]
    return next(iter(mine or active or runs))


def _label(run: Run) -> str:
    status = run.status
    if status.state in (QUEUED, RUNNING, PAUSED) or not status.scores:
        return f"{run.config.name} · {STATES[status.state].name}"
    return label(run)
