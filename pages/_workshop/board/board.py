"""The room's board, for a projector: its views take turns while it is left alone."""

import time

import streamlit as st

from pages._shared.broadcast_run import show_watched, watched_run
from pages._shared.fragments import polling_fragment
from pages._shared.group_round_result import show_round_on_board
from pages._shared.messages import safe_callback
from pages._shared.services import host_actions, room_now
from pages._workshop.board.accuracy import show_scores
from pages._workshop.board.drawing_detail import show_opened
from pages._workshop.board.drawing_wall import show_wall
from pages._workshop.board.leaderboards import show_leaderboards
from pages._workshop.host.login import host_token, is_host

VIEWS = {
    ":material/grid_view: The wall": lambda: show_wall(_open),
    ":material/percent: MNIST and us": show_scores,
    ":material/trophy: Leaderboards": show_leaderboards,
}
SECONDS_A_VIEW = 20
REFRESH = "2s"
OPENED = "board-opened"  # in the session: the id of the drawing that is open
TURN = "board-turn"  # in the session: which view was shown when, from where the turns are counted
ROTATE, PROJECTOR = "rotate", "projector"  # in the session: the switches
FILL = """
<style>
[data-testid=stSidebar], [data-testid=stHeader], [data-testid=stToolbar] {display: none;}
[data-testid=stMainBlockContainer] {padding: 1rem 2rem;}
[data-testid=stMainBlockContainer] h1 {display: none;}
</style>
"""


def show_board() -> None:
    """The views, or the drawing that is open; while one is, nothing is asked again."""
    opened = st.session_state.get(OPENED)
    if opened:
        _fill()
        with st.container(horizontal=True):
            st.button("Back to the board", icon=":material/arrow_back:", on_click=_close)
            if is_host():
                st.button("Hide it", icon=":material/visibility_off:", on_click=safe_callback(lambda: _hide(opened)))
        show_opened(opened)
    else:
        polling_fragment(REFRESH)(_live)()


def _live() -> None:
    if st.session_state.get(OPENED):
        st.rerun()  # a fragment cannot stop itself
    if _show_what_the_host_shows():
        return
    names = list(VIEWS)
    shown = view_at(time.time())
    # A new widget for each view: what an old one still says must not turn the board back.
    key = f"board-view-{shown}"

    def choose() -> None:
        _hold(names.index(st.session_state[key]))

    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "View", names, default=names[shown], required=True, key=key, on_change=choose, label_visibility="collapsed"
        )
        st.toggle(
            "Take turns",
            True,
            key=ROTATE,
            persist_state="session",
            on_change=_hold,
            args=(shown,),
            help=f"{SECONDS_A_VIEW} seconds a view.",
        )
        st.toggle("Fill the screen", key=PROJECTOR, persist_state="session", help="Leave nothing but the board.")
    _fill()
    VIEWS[names[shown]]()


def _show_what_the_host_shows() -> bool:
    """The host's round or training takes the board while it lasts; returns whether there is one."""
    asked, watched = room_now().round, watched_run()
    if asked:
        show_round_on_board(asked)
    elif watched:
        show_watched(watched)
    if asked or watched:
        _fill()
    return bool(asked or watched)


def _fill() -> None:
    if st.session_state.get(PROJECTOR):
        st.html(FILL)


def view_at(now: float) -> int:
    """Which of VIEWS is on: the one that somebody chose last, and SECONDS_A_VIEW later the next, if they take turns."""
    first, since = st.session_state.setdefault(TURN, (0, now))
    turns = int((now - since) // SECONDS_A_VIEW) if st.session_state.get(ROTATE, True) else 0
    return (first + turns) % len(VIEWS)


def _hold(view: int) -> None:
    """Show this view from now on, whether they take turns or not."""
    st.session_state[TURN] = view, time.time()


def _open(drawing_id: str) -> None:
    st.session_state[OPENED] = drawing_id


def _hide(drawing_id: str) -> None:
    host_actions().hide(host_token(), drawing_id)
    _close()


def _close() -> None:
    st.session_state[OPENED] = None
    st.session_state.pop(TURN, None)  # begin with the wall again
