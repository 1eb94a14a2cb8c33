"""The room's line: who trains, who waits, and whose turn is next."""

from collections.abc import Iterable

import streamlit as st

from mnist_core import settings
from mnist_core.engine import queue
from mnist_core.runs import store
from mnist_core.runs.run import Run
from mnist_core.runs.status import RUNNING
from pages._shared.fragments import polling_fragment
from pages._shared.identity import person
from pages._shared.messages import escape_markdown
from pages._shared.selected_run import select_run

NAMED = 3  # of those that wait, in the line's heading
LONGEST_NAME = 20  # letters of a name there


@polling_fragment("2s")
def show_line() -> None:
    """While runs wait: how many, and who is next; opened, all who train and wait, each a door to its run."""
    line = queue.waiting(settings.home())
    if not line:
        return
    with (
        st.expander(_heading(line), icon=":material/groups:", type="compact", key="line"),
        st.container(horizontal=True, vertical_alignment="center", gap="xsmall"),
    ):
        for run in _trained(besides=line):
            _door(run, f"{run.config.name} (training)")
        for place, run in enumerate(line, start=1):
            _door(run, f"{place}. {run.config.name}")


def _heading(line: list[Run]) -> str:
    names = ", ".join(_short(run.config.name) for run in line[:NAMED])
    mine = [place for place, run in enumerate(line, start=1) if run.config.person == person()]
    yours = f" · yours: number {' and '.join(map(str, mine))}" if mine else ""
    return f"{len(line)} in line: {escape_markdown(names)}{' …' if len(line) > NAMED else ''}{yours}"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _trained(*, besides: list[Run]) -> Iterable[Run]:
    """The runs that are trained; one of ``besides`` may have been taken up since these were asked for."""
    runs = [run for run in store.list_runs(settings.home()) if not run.shipped and run not in besides]
    return (run for run in runs if run.status.state == RUNNING)


def _door(run: Run, name: str) -> None:
    mine = run.config.person == person()
    pressed = st.button(
        escape_markdown(name),
        key=f"line-{run.id}",
        type="tertiary",
        icon=":material/person:" if mine else None,
        help="Yours" if mine else None,
        on_click=select_run,
        args=(run.id,),
    )
    if pressed:
        st.rerun()  # all of the page: the choice stands outside of this fragment
