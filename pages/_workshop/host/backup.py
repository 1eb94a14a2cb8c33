"""Host's desk, Keep and reset: all of the room as one zip, out and in, and a clean room for the next people."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from mnist_core import settings
from mnist_core.errors import LabError
from mnist_core.runs.archive import MAX_MEGABYTES
from mnist_core.untrusted.zip_safety import MEGABYTE
from pages._shared.identity import person
from pages._shared.messages import error_boundary, escape_markdown
from pages._shared.services import engine, host_actions
from pages._workshop.host.login import host_token

if TYPE_CHECKING:
    from mnist_core.host.backup import Step

DONE = "host-keep-done"  # in the session: whether the last thing done here worked, and what to tell of it
UPLOADS = "host-keep-uploads"  # in the session: how many files were sent; each needs an uploader of its own
MOST_DOWNLOADED = 500  # megabytes; the web process holds a file in memory while a browser fetches it


@error_boundary
def show_keep() -> None:
    """Left what is kept and comes back, right the reset."""
    worked, message = st.session_state.pop(DONE, (None, ""))
    if message:
        (st.success if worked else st.error)(escape_markdown(message))
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        _keep()
        _bring_in()
    with right:
        _reset()


def _does(action: Callable[[], str]) -> Callable[[], None]:
    """A callback that does ``action`` and has the page tell what came of it."""

    def callback() -> None:
        try:
            st.session_state[DONE] = True, action()
        except LabError as error:
            st.session_state[DONE] = False, str(error)

    return callback


def _keep() -> None:
    from mnist_core.host.backup import FOLDER

    st.subheader("Keep", anchor=False)
    st.write(
        "All drawings but the hidden ones, all networks that were trained or brought in here, and the label court's "
        "votes, as one zip. Votes are kept without names."
    )

    def export() -> str:
        return f"Everything is in {host_actions().export(host_token()).name}."

    st.button("Export everything", icon=":material/archive:", type="primary", on_click=_does(export))
    st.caption(escape_markdown(f"Kept in {settings.home() / FOLDER}"))
    for path in host_actions().exports(host_token()):
        _offer(path)


def _offer(path: Path) -> None:
    size = path.stat().st_size / MEGABYTE
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{escape_markdown(path.name)} · {max(size, 0.1):,.1f} MB", width="stretch")
        if size <= MOST_DOWNLOADED:
            st.download_button(
                "Download",
                path.read_bytes,
                path.name,
                "application/zip",
                icon=":material/download:",
                on_click="ignore",
                key=f"download-{path.name}",
            )
        if st.button("Bring in", icon=":material/unarchive:", key=f"bring-in-{path.name}"):
            _take_in(host_actions().take_in(host_token(), path, engine(), person=person()))


def _bring_in() -> None:
    st.subheader("Bring in", anchor=False)
    st.write(
        f"The zip of another room. Copy one that is larger than {MAX_MEGABYTES} MB into the folder above: it is listed "
        "there then."
    )
    key = f"{UPLOADS}-{st.session_state.setdefault(UPLOADS, 0)}"
    file = st.file_uploader("Zip of a room", "zip", key=key, max_upload_size=MAX_MEGABYTES)
    if file and st.button("Bring it in", icon=":material/unarchive:", type="primary"):
        st.session_state[UPLOADS] += 1
        _take_in(host_actions().take_in(host_token(), file, engine(), person=person()))


def _take_in(steps: "Iterator[Step]") -> None:
    """Show how far it is: each network takes some seconds, as it is scored anew."""
    taken, refused = 0, []
    try:
        with st.spinner("The engine gets ready"):
            engine().wait()
        bar = st.progress(0.0, "Taking in the files")
        for step in steps:
            bar.progress(step.done / step.of, f"{step.done} of {step.of} files")
            if step.refused:
                refused.append(step.refused)
            else:
                taken += 1
    except LabError as error:
        refused.append(str(error))
    files = "1 file was" if taken == 1 else f"{taken} files were"
    st.session_state[DONE] = not refused, " ".join([f"{files} taken in.", *refused])
    st.rerun()


def _reset() -> None:
    from mnist_core.host.actions import RESET

    st.subheader("Reset", anchor=False)
    st.write(
        "Deletes all drawings, nicknames, votes and settings of the room. Before, drawings, networks and votes are "
        "exported, and that is kept."
    )

    def reset() -> str:
        path = host_actions().reset(
            host_token(), st.session_state["reset-typed"], networks=st.session_state["reset-networks"]
        )
        return f"The room is empty. Its drawings, networks and votes are in {path.name}."

    with st.form("host-reset", border=False, clear_on_submit=True):
        st.toggle("The networks that were trained and brought in here, too", True, key="reset-networks")
        st.text_input(f"To do it, type: {RESET}", key="reset-typed")
        st.form_submit_button("Reset the room", icon=":material/delete_forever:", on_click=_does(reset))
