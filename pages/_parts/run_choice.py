"""Which run is on view: the choice, the line of those that wait, and what puts a new one there."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.config import RunConfig
from mnist_core.runs import store
from mnist_core.runs.run import PAUSED, QUEUED, RUNNING, Run, RunError
from pages._parts.address import select_in_address
from pages._parts.lab import engine
from pages._parts.messages import plain, telling
from pages._parts.model_picker import label
from pages._parts.person import person
from pages._parts.run_states import STATES, moves

RUN = "run"  # in the session and in the address: the id of the run on view
WATCHING = "watching"  # in the session: whether this person has put a run on view
SHOWN_IN_LINE = 8


def start(config: RunConfig) -> None:
    """Put a training in line and look at it: what the Train buttons do."""
    look_at(engine().train(config))


def look_at(run: Run) -> None:
    """Put ``run`` on view."""
    st.session_state[RUN] = run.id
    st.session_state[WATCHING] = True


def is_watching() -> bool:
    """Whether this person has put a run on view, or come by a link to it, and it still moves."""
    linked = RUN not in st.session_state and st.query_params.get(RUN)
    if linked:
        st.session_state[WATCHING] = True
    if not st.session_state.get(WATCHING):
        return False
    try:
        return moves(store.find(linked or st.session_state[RUN], store.home()).status)
    except RunError:
        return False


def choose_run() -> Run:
    """Show the choice of the run on view, the newest first; the address holds it."""
    runs = {run.id: run for run in reversed(store.list_runs(store.home()))}
    if not runs:
        raise RunError("There is no run to look at yet. Choose your settings and press Train.")
    chosen = select_in_address(
        st.container(),
        "Run",
        list(runs),
        key=RUN,
        default=_newest(list(runs.values())).id,
        format_func=lambda run_id: _label(runs[run_id]),
    )
    return runs[chosen]


def _newest(runs: list[Run]) -> Run:
    """Of ``runs``, newest first: one that trains or waits, best this person's own; else the first."""
    active = [run for run in runs if run.status.active]
    mine = [run for run in active if run.config.person == person()]
    return next(iter(mine or active or runs))


def _label(run: Run) -> str:
    state = run.status.state
    return f"{run.config.name} · {STATES[state].name}" if state in (QUEUED, RUNNING, PAUSED) else label(run)


@st.fragment(run_every="2s")
@telling
def show_line() -> None:
    """While runs wait: who trains and who waits, first come first; pressing on one puts it on view."""
    statuses = [(run, run.status) for run in store.list_runs(store.home()) if not run.shipped]
    waiting = sorted((status.queued_at, run) for run, status in statuses if status.state == QUEUED)
    if not waiting:
        return
    training = [run for run, status in statuses if status.state == RUNNING]
    line = [run for _, run in waiting]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if training:
            st.caption("Training", width="content")
            _doors(training, [""] * len(training))
        st.caption(f"{len(line)} in line", width="content")
        places = [f"{place}. " for place in range(1, len(line) + 1)]
        _doors(line[:SHOWN_IN_LINE], places)
        if len(line) > SHOWN_IN_LINE:
            with st.popover(f"{len(line) - SHOWN_IN_LINE} more", type="tertiary"):
                _doors(line[SHOWN_IN_LINE:], places[SHOWN_IN_LINE:])


def _doors(runs: Sequence[Run], places: Sequence[str]) -> None:
    for run, place in zip(runs, places, strict=False):
        mine = run.config.person == person()
        pressed = st.button(
            plain(f"{place}{run.config.name}"),
            key=f"line-{run.id}",
            type="tertiary",
            icon=":material/person:" if mine else None,
            help="Yours" if mine else None,
            on_click=look_at,
            args=(run,),
        )
        if pressed:
            st.rerun()  # all of the page: the choice stands outside of this fragment
