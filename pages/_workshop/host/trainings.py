"""Host's view, Trainings: running and queued trainings, with buttons for each, and the runs that cannot be read."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from mnist_core import settings
from mnist_core.config import RunConfig
from mnist_core.engine import queue
from mnist_core.errors import RunError
from mnist_core.recipes import RECIPES
from mnist_core.runs import scan
from mnist_core.runs.run import Run
from mnist_core.runs.scan import UnreadableRun
from mnist_core.runs.view import ListedRun
from pages._shared.broadcast_run import watched_run
from pages._shared.fragments import polling_fragment
from pages._shared.identity import nickname, person
from pages._shared.messages import escape_markdown, safe_callback, show_message
from pages._shared.run_status import STATES
from pages._shared.selected_run import train_once_callback, training_revision
from pages._shared.services import engine, people
from pages._shared.wording import format_duration
from pages._workshop.host.login import host_actions

if TYPE_CHECKING:
    from mnist_core.host.actions import HostActions


@polling_fragment("2s")
def show_trainings() -> None:
    """Show the broadcast training, the running trainings, the queue in its order, and the unreadable runs."""
    show_message()
    watched = watched_run()
    if watched:
        _show_watched(watched)
    else:
        _show_train_for_all()
    st.divider()
    scanned = scan.scan(settings.home())
    _show_queue([listed for listed in scanned.own if listed.status.has_trainer], watched)
    unreadable = [each for each in scanned.unreadable if not each.shipped]
    if unreadable:
        st.divider()
        _show_unreadable(unreadable)


def _show_queue(training: Sequence[ListedRun], watched: Run | None) -> None:
    """Show the runs in ``training``, then those that wait; ``watched`` is the broadcast one."""
    waiting = queue.waiting(settings.home())
    waiting_ids = {listed.id for listed in waiting}
    training = [listed for listed in training if listed.id not in waiting_ids]  # one may be queued again
    if not training and not waiting:
        st.info("Nothing is being trained, and nobody waits.", icon=":material/hourglass_empty:")
        return
    names = people().nicknames([each.config.person for each in (*training, *waiting)])
    shown = watched.id if watched else None
    for listed in training:
        state, share = STATES[listed.status.state].name, listed.read_progress()
        _show_row(listed.run, shown, f"{_run_text(listed, names)} · {state}, {share:.0%} done")
    for number, listed in enumerate(waiting, start=1):
        starts = format_duration(queue.position_of(listed.run, settings.home()).seconds)
        text = f"{number}. {_run_text(listed, names)} · starts in about {starts}"
        _show_row(listed.run, shown, text, first=number > 1)


def _show_train_for_all() -> None:
    st.write("**One training that everyone watches:** every page leads to it, and the board shows its curves.")
    recipe = st.segmented_control("Recipe", list(RECIPES), default="express", required=True, key="host-recipe")
    chosen = RECIPES[recipe]

    def prepare() -> "tuple[HostActions, RunConfig]":
        config = RunConfig(
            name=f"{recipe}, for all",
            recipe=recipe,
            person=person(),
            nickname=nickname(),
            model=chosen.model,
            training=chosen.training,
        )
        return host_actions(), config

    st.button(
        "Train it for all",
        key=f"train-for-all-{training_revision()}",
        icon=":material/play_arrow:",
        type="primary",
        on_click=train_once_callback(prepare, lambda prepared: prepared[0].train_for_all(engine(), prepared[1])),
    )


def _show_watched(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/campaign: All are shown **{escape_markdown(run.read_config().name)}**.", width="stretch"
        )
        st.button(
            "Show it no more",
            icon=":material/visibility_off:",
            on_click=safe_callback(lambda: host_actions().show(None)),
        )


def _run_text(listed: ListedRun, names: dict[str, str]) -> str:
    """Return the run's name and, if known, the nickname of its author, as Markdown."""
    config = listed.config
    return " · ".join(escape_markdown(name) for name in (config.name, names.get(config.person, "")) if name)


def _show_row(run: Run, shown: str | None, text: str, *, first: bool = False) -> None:
    """Show a run with its buttons; ``shown`` is the id of the broadcast run, ``first`` adds the button Train next."""
    is_cancelling = False
    with suppress(RunError):  # a damaged control.json must not take the other rows away
        is_cancelling = run.read_control().cancel
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(text, width="stretch")
        if run.id != shown:
            st.button(
                "Show to all",
                icon=":material/campaign:",
                key=f"show-{run.id}",
                on_click=safe_callback(lambda: host_actions().show(run.id)),
            )
        if first:
            st.button(
                "Train next",
                icon=":material/vertical_align_top:",
                key=f"first-{run.id}",
                on_click=safe_callback(lambda: host_actions().put_first(run.id)),
            )
        st.button(
            "Cancelling …" if is_cancelling else "Cancel",
            icon=":material/stop:",
            key=f"host-cancel-{run.id}",
            disabled=is_cancelling,
            on_click=safe_callback(lambda: host_actions().cancel(run.id)),
        )


def _show_unreadable(runs: Sequence[UnreadableRun]) -> None:
    """Show why each of ``runs`` cannot be read, and a button that moves them away."""
    st.markdown("**Some runs are damaged.** Nobody can use them. You can move them away; their files are kept.")
    st.markdown("\n".join(f"- {escape_markdown(unreadable.reason)}" for unreadable in runs))
    st.button(
        "Move them to lab/damaged",
        icon=":material/drive_file_move:",
        on_click=safe_callback(lambda: host_actions().move_damaged()),
    )
