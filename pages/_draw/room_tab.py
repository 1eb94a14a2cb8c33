"""Draw, The room: the count of drawings by digit, the newest ones, and export and import as a file."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from mnist_core.errors import LabError
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.room.drawing_import import MAX_BYTES
from pages._shared.fragments import fragment
from pages._shared.messages import escape_markdown
from pages._shared.services import stored_drawings
from pages._shared.widgets.bars import Bar, bars_html
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.wording import drawing_caption

if TYPE_CHECKING:
    from mnist_core.room.drawings import Drawings, StoredDrawing

MAX_SHOWN = 24
IMPORT_RESULT_KEY = "room-imported"  # session state: whether the last import worked, and its message
UPLOAD_COUNT_KEY = "room-uploads"  # session state: the number of uploads; each needs a new uploader


@fragment
def show_room_tab() -> None:
    """Show the room's drawings, with their export and import."""
    drawings = stored_drawings()
    counts = drawings.counts()
    newest = drawings.newest(MAX_SHOWN)
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
    total, peak = int(counts.sum()), max(int(counts.max()), 1)
    st.markdown(f"#### {total:,} drawing{'' if total == 1 else 's'} with {'its' if total == 1 else 'their'} digit")
    bars = (Bar(str(digit), count / peak, f"{count:,}", DIGIT_COLOURS[digit]) for digit, count in enumerate(counts))
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
    key = f"{UPLOAD_COUNT_KEY}-{st.session_state.setdefault(UPLOAD_COUNT_KEY, 0)}"

    def take_in() -> None:
        file = st.session_state[key]
        st.session_state[UPLOAD_COUNT_KEY] += 1
        try:
            result = drawings.import_json(file.getvalue(), name=file.name)
            duplicates_text = f"; {result.known:,} were here already" if result.known else ""
            st.session_state[IMPORT_RESULT_KEY] = True, f"{result.added:,} drawings added{duplicates_text}."
        except LabError as error:
            st.session_state[IMPORT_RESULT_KEY] = False, f"{error} Nothing was imported."

    st.file_uploader(
        "Import drawings",
        "json",
        key=key,
        on_change=take_in,
        max_upload_size=MAX_BYTES // 1_000_000,
        help="A file that was exported here or in another room, or any JSON list of "
        '{"label": 7, "strokes": [[[x, y], …], …], "canvas": 280, "brush": 20}.',
    )
    is_success, message = st.session_state.pop(IMPORT_RESULT_KEY, (None, ""))
    if message:
        (st.success if is_success else st.error)(escape_markdown(message))
