"""The room's training queue: which runs train and which wait, in order."""

import streamlit as st

from mnist_core import settings
from mnist_core.engine import queue
from mnist_core.runs import scan
from mnist_core.runs.status import RUNNING
from mnist_core.runs.view import ListedRun
from pages._shared.fragments import polling_fragment
from pages._shared.identity import person
from pages._shared.messages import escape_markdown
from pages._shared.selected_run import select_run

MAX_NAMED_RUNS = 3  # in the heading
MAX_SHORT_NAME = 20  # characters, in the heading


@polling_fragment("2s")
def show_queue() -> None:
    """Show, while runs wait, an expander with their number and the next ones; it has a button for each run."""
    waiting = queue.waiting(settings.home())
    if not waiting:
        return
    with (
        st.expander(_heading(waiting), icon=":material/groups:", type="compact", key="line"),
        st.container(horizontal=True, vertical_alignment="center", gap="xsmall"),
    ):
        for listed in _running(excluded=waiting):
            _show_run_button(listed, f"{listed.config.name} (training)")
        for position, listed in enumerate(waiting, start=1):
            _show_run_button(listed, f"{position}. {listed.config.name}")


def _heading(waiting: list[ListedRun]) -> str:
    names = ", ".join(_short(listed.config.name) for listed in waiting[:MAX_NAMED_RUNS])
    mine = [position for position, listed in enumerate(waiting, start=1) if listed.config.person == person()]
    yours = f" · yours: number {' and '.join(map(str, mine))}" if mine else ""
    return f"{len(waiting)} in line: {escape_markdown(names)}{' …' if len(waiting) > MAX_NAMED_RUNS else ''}{yours}"


def _short(name: str) -> str:
    return name if len(name) <= MAX_SHORT_NAME else f"{name[: MAX_SHORT_NAME - 1]}…"


def _running(*, excluded: list[ListedRun]) -> list[ListedRun]:
    """Return the running runs except those in ``excluded``, of which one may have started since they were listed."""
    ids = {listed.id for listed in excluded}
    runs = scan.unended_runs(settings.home())
    return [listed for listed in runs if listed.status.state == RUNNING and listed.id not in ids]


def _show_run_button(listed: ListedRun, name: str) -> None:
    mine = listed.config.person == person()
    is_pressed = st.button(
        escape_markdown(name),
        key=f"line-{listed.id}",
        type="tertiary",
        icon=":material/person:" if mine else None,
        help="Yours" if mine else None,
        on_click=select_run,
        args=(listed.id,),
    )
    if is_pressed:
        st.rerun()  # the whole page: the selection is outside of this fragment
