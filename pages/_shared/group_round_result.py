"""The result of a host's round, for the board, the host's page and the participants."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from mnist_core.room.state import RoomRound
from pages._shared.services import stored_drawings
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.wording import with_article

if TYPE_CHECKING:
    from mnist_core.room.drawings import StoredDrawing

BOARD_STYLE = """
<style>
.board-round {text-align: center; font-size: clamp(1.5rem, 4vw, 5rem); line-height: 1.2; padding: 5vh 0;}
.board-round b {font-size: 2.2em;}
.board-round p {margin-top: 3vh; font-size: 1em;}
.digits figure figcaption {font-size: clamp(1rem, 1.4vw, 1.8rem);}
</style>
"""


def show_round_on_board(round_: RoomRound) -> None:
    """Show a round on the projector: the requested digit and the number of drawings, then the result."""
    if round_.revealed:
        st.html(BOARD_STYLE)
        show_result(stored_drawings().in_round(round_.id), round_.digit, heading="##", side=160)
        return
    count = len(stored_drawings().participants(round_.id))
    st.html(
        f'{BOARD_STYLE}<div class="board-round"><b>Draw {with_article(round_.digit)}</b><br>on the page Draw'
        f"<p>{count} handed in</p></div>"
    )


def show_result(drawings: "list[StoredDrawing]", digit: int, *, heading: str = "###", side: int = 96) -> None:
    """Show how many ``drawings`` of a revealed round were read as ``digit``, and all of them, misread ones first.

    ``heading``: the Markdown prefix of the heading. ``side``: the size of a drawing in CSS pixels.
    """
    if not drawings:
        st.info("Nobody handed in a drawing.", icon=":material/draw:")
        return
    ordered = sorted(drawings, key=lambda drawing: drawing.answer == digit)
    correct_count = sum(drawing.answer == digit for drawing in drawings)
    st.markdown(f"{heading} {correct_count} of {len(drawings)} read as {with_article(digit)}")
    show_digits(np.stack([each.digit for each in ordered]), [_caption(each, digit) for each in ordered], side=side)


def _caption(drawing: "StoredDrawing", digit: int) -> str:
    read = "read right" if drawing.answer == digit else f"read as {drawing.answer}"
    return "\n".join(filter(None, [read, drawing.nickname]))
