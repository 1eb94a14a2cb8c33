"""The room's drawings: how many of each digit, the newest ones, and a way out and in as a file."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from mnist_core.errors import LabError
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.room.drawing_import import MAX_BYTES
from pages._shared.fragments import fragment
from pages._shared.messages import escape_markdown
from pages._shared.services import room
from pages._shared.widgets.bars import Bar, bars_html
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.wording import drawing_caption

if TYPE_CHECKING:
    from mnist_core.room.drawings import Drawings, StoredDrawing

SHOWN = 24  # of the newest
IMPORTED = "room-imported"  # in the session: how the last import went, and whether it did
UPLOADS = "room-uploads"  # in the session: how many files were sent; each needs an uploader of its own


@fragment
def show_room_drawings() -> None:
    """Show what the room has drawn; a file can be taken home and brought along."""
    drawings = room()
    counts = drawings.counts()
    newest = drawings.newest(SHOWN)
    if not newest:
        st.info(
            "The room has no drawings yet. Draw a digit and say whether it was read right, play a round, "
            "or import a file.",
            icon=":material/draw:",
        )
    else:
        _show_counts(counts)
        _show_newest(newest)
    _export(drawings, empty=not newest)
    _import(drawings)


def _show_counts(counts: np.ndarray) -> None:
    total, most = int(counts.sum()), max(int(counts.max()), 1)
    st.markdown(f"#### {total:,} drawing{'' if total == 1 else 's'} with {'its' if total == 1 else 'their'} digit")
    bars = (Bar(str(digit), count / most, f"{count:,}", DIGIT_COLOURS[digit]) for digit, count in enumerate(counts))
    st.html(bars_html(bars, label="How many drawings there are of each digit"), width=480)


def _show_newest(newest: "list[StoredDrawing]") -> None:
    st.markdown("#### The newest")
    show_digits(np.stack([each.digit for each in newest]), [drawing_caption(each) for each in newest], side=96)


def _export(drawings: "Drawings", *, empty: bool) -> None:
    st.download_button(
        "Export all drawings",
        drawings.export,
        "room-drawings.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
        disabled=empty,
    )


def _import(drawings: "Drawings") -> None:
    key = f"{UPLOADS}-{st.session_state.setdefault(UPLOADS, 0)}"

    def take_in() -> None:
        file = st.session_state[key]
        st.session_state[UPLOADS] += 1
        try:
            done = drawings.take_in(file.getvalue(), name=file.name)
            known = f"; {done.known:,} were here already" if done.known else ""
            st.session_state[IMPORTED] = True, f"{done.added:,} drawings added{known}."
        except LabError as error:
            st.session_state[IMPORTED] = False, f"{error} Nothing was imported."

    st.file_uploader(
        "Import drawings",
        "json",
        key=key,
        on_change=take_in,
        max_upload_size=MAX_BYTES // 1_000_000,
        help="A file that was exported here or in another room, or any JSON list of "
        '{"label": 7, "strokes": [[[x, y], …], …], "canvas": 280, "brush": 20}.',
    )
    worked, message = st.session_state.pop(IMPORTED, (None, ""))
    if message:
        (st.success if worked else st.error)(escape_markdown(message))
