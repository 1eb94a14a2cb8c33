"""The room's board for a projector: its views rotate automatically."""

import time

import streamlit as st

from pages._shared.broadcast_run import show_watched_run, watched_run
from pages._shared.fragments import polling_fragment
from pages._shared.group_round_result import show_round_on_board
from pages._shared.messages import safe_callback
from pages._shared.services import room_state
from pages._shared.streamlit_internals import AROUND_THE_PAGE, MAIN_BLOCK
from pages._workshop.board.accuracy import show_scores
from pages._workshop.board.drawing_detail import show_opened
from pages._workshop.board.drawing_wall import show_wall
from pages._workshop.board.leaderboards import show_leaderboards
from pages._workshop.host.login import host_actions, is_host

VIEWS = {
    ":material/grid_view: The wall": lambda: show_wall(_open),
    ":material/percent: MNIST and us": show_scores,
    ":material/trophy: Leaderboards": show_leaderboards,
}
SECONDS_PER_VIEW = 20
REFRESH_INTERVAL = "2s"
OPENED_KEY = "board-opened"  # session state: the id of the open drawing
ROTATION_KEY = "board-turn"  # session state: the view that the rotation started from, and the time
ROTATE_KEY, PROJECTOR_KEY = "rotate", "projector"  # keys of the toggles
FILL_SCREEN_STYLE = f"""
<style>
{AROUND_THE_PAGE} {{display: none;}}
{MAIN_BLOCK} {{padding: 1rem 2rem;}}
{MAIN_BLOCK} h1 {{display: none;}}
</style>
"""


def show_board() -> None:
    """Show the open drawing, or else the rotating views; only the views poll."""
    opened_id = st.session_state.get(OPENED_KEY)
    if opened_id:
        _fill_screen()
        with st.container(horizontal=True):
            st.button("Back to the board", icon=":material/arrow_back:", on_click=_close)
            if is_host():
                st.button("Hide it", icon=":material/visibility_off:", on_click=safe_callback(lambda: _hide(opened_id)))
        show_opened(opened_id)
    else:
        polling_fragment(REFRESH_INTERVAL)(_live)()


def _live() -> None:
    if st.session_state.get(OPENED_KEY):
        st.rerun()  # a fragment cannot stop its own polling
    if _show_host_content():
        return
    names = list(VIEWS)
    shown = view_at(time.time())
    # A new widget for each view, so that a late value of the old one does not switch the board back.
    key = f"board-view-{shown}"

    def choose() -> None:
        _select_view(names.index(st.session_state[key]))

    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "View", names, default=names[shown], required=True, key=key, on_change=choose, label_visibility="collapsed"
        )
        st.toggle(
            "Take turns",
            True,
            key=ROTATE_KEY,
            persist_state="session",
            on_change=_select_view,
            args=(shown,),
            help=f"{SECONDS_PER_VIEW} seconds a view.",
        )
        st.toggle("Fill the screen", key=PROJECTOR_KEY, persist_state="session", help="Leave nothing but the board.")
    _fill_screen()
    VIEWS[names[shown]]()


def _show_host_content() -> bool:
    """Show the host's round or broadcast training in place of the views; return whether there is one."""
    round_, watched = room_state().round, watched_run()
    if round_:
        show_round_on_board(round_)
    elif watched:
        show_watched_run(watched)
    if round_ or watched:
        _fill_screen()
    return bool(round_ or watched)


def _fill_screen() -> None:
    if st.session_state.get(PROJECTOR_KEY):
        st.html(FILL_SCREEN_STYLE)


def view_at(now: float) -> int:
    """Return the index in VIEWS at ``now``, in seconds since the epoch: the last chosen view, or a later one."""
    first, since = st.session_state.setdefault(ROTATION_KEY, (0, now))
    turns = int((now - since) // SECONDS_PER_VIEW) if st.session_state.get(ROTATE_KEY, True) else 0
    return (first + turns) % len(VIEWS)


def _select_view(view: int) -> None:
    """Show this view now, and start the rotation from it."""
    st.session_state[ROTATION_KEY] = view, time.time()


def _open(drawing_id: str) -> None:
    st.session_state[OPENED_KEY] = drawing_id


def _hide(drawing_id: str) -> None:
    host_actions().hide(drawing_id)
    _close()


def _close() -> None:
    st.session_state[OPENED_KEY] = None
    st.session_state.pop(ROTATION_KEY, None)  # start again with the first view
