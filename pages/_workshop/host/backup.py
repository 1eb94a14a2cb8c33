"""Host's view, Keep and reset: export and import of the room as one zip, and the reset of the room."""

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
from pages._shared.services import engine
from pages._workshop.host.login import host_actions

if TYPE_CHECKING:
    from mnist_core.host.backup import ImportProgress

RESULT_KEY = "host-keep-done"  # session state: did the last action succeed, and its message
UPLOADS_KEY = "host-keep-uploads"  # session state: number of uploads; a new number gives an empty uploader
MAX_DOWNLOAD_MEGABYTES = 500  # the web process holds the file in memory during the download


@error_boundary
def show_keep() -> None:
    """Show export and import on the left, the reset on the right."""
    worked, message = st.session_state.pop(RESULT_KEY, (None, ""))
    if message:
        (st.success if worked else st.error)(escape_markdown(message))
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        _show_export()
        _show_import()
    with right:
        _show_reset()


def _store_result(action: Callable[[], str]) -> Callable[[], None]:
    """Return a callback that runs ``action`` and stores its message, or its error, for the next rerun."""

    def callback() -> None:
        try:
            st.session_state[RESULT_KEY] = True, action()
        except LabError as error:
            st.session_state[RESULT_KEY] = False, str(error)

    return callback


def _show_export() -> None:
    from mnist_core.host.backup import FOLDER

    st.subheader("Keep", anchor=False)
    st.write(
        "All drawings but the hidden ones, all networks that were trained or brought in here, and the label court's "
        "votes, as one zip. Votes are kept without names."
    )

    def export() -> str:
        return f"Everything is in {host_actions().export().name}."

    st.button("Export everything", icon=":material/archive:", type="primary", on_click=_store_result(export))
    st.caption(escape_markdown(f"Kept in {settings.home() / FOLDER}"))
    for path in host_actions().exports():
        _show_bundle(path)


def _show_bundle(path: Path) -> None:
    size = path.stat().st_size / MEGABYTE
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{escape_markdown(path.name)} · {max(size, 0.1):,.1f} MB", width="stretch")
        if size <= MAX_DOWNLOAD_MEGABYTES:
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
            _import(host_actions().import_bundle(path, engine(), person=person()))


def _show_import() -> None:
    st.subheader("Bring in", anchor=False)
    st.write(
        f"The zip of another room. Copy one that is larger than {MAX_MEGABYTES} MB into the folder above: it is listed "
        "there then."
    )
    key = f"{UPLOADS_KEY}-{st.session_state.setdefault(UPLOADS_KEY, 0)}"
    file = st.file_uploader("Zip of a room", "zip", key=key, max_upload_size=MAX_MEGABYTES)
    if file and st.button("Bring it in", icon=":material/unarchive:", type="primary"):
        st.session_state[UPLOADS_KEY] += 1
        _import(host_actions().import_bundle(file, engine(), person=person()))


def _import(steps: "Iterator[ImportProgress]") -> None:
    """Run the import and show its progress; each network takes some seconds, because it is evaluated again."""
    imported, errors = 0, []
    try:
        with st.spinner("The engine gets ready"):
            engine().wait()
        bar = st.progress(0.0, "Taking in the files")
        for step in steps:
            bar.progress(step.done / step.total, f"{step.done} of {step.total} files")
            if step.error_text:
                errors.append(step.error_text)
            else:
                imported += 1
    except LabError as error:
        errors.append(str(error))
    files = "1 file was" if imported == 1 else f"{imported} files were"
    st.session_state[RESULT_KEY] = not errors, " ".join([f"{files} taken in.", *errors])
    st.rerun()


def _show_reset() -> None:
    from mnist_core.host.actions import RESET_PHRASE

    st.subheader("Reset", anchor=False)
    st.write(
        "Deletes all drawings, nicknames, votes and settings of the room. Before, drawings, networks and votes are "
        "exported, and that is kept."
    )

    def reset() -> str:
        path = host_actions().reset(st.session_state["reset-typed"], networks=st.session_state["reset-networks"])
        return f"The room is empty. Its drawings, networks and votes are in {path.name}."

    with st.form("host-reset", border=False, clear_on_submit=True):
        st.toggle("The networks that were trained and brought in here, too", True, key="reset-networks")
        st.text_input(f"To do it, type: {RESET_PHRASE}", key="reset-typed")
        st.form_submit_button("Reset the room", icon=":material/delete_forever:", on_click=_store_result(reset))
