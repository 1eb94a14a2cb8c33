"""Host's desk, The room: which network all use, whether they may draw, and a round that all draw at once."""

import streamlit as st

from mnist_core import settings
from mnist_core.room.state import RoomRound, RoomState
from mnist_core.runs import store
from pages._shared.fragments import polling_fragment
from pages._shared.group_round_result import show_result
from pages._shared.messages import safe_callback
from pages._shared.model_picker import label
from pages._shared.services import host_actions, room, room_now
from pages._shared.url_state import distinct_labels
from pages._shared.wording import with_article
from pages._workshop.host.login import host_token

OWN = ""  # of the choice of a network: none is pinned


def show_room() -> None:
    """Left what lasts, right the round."""
    state = room_now()
    left, right = st.columns(2, gap="large")
    with left:
        _pin(state)
        _pause(state)
    with right:
        st.subheader("A round for all", anchor=False)
        if state.round is None:
            _start_round()
        else:
            polling_fragment("2s")(_show_round)(state.round)


def _pin(state: RoomState) -> None:
    st.subheader("The network for everyone", anchor=False)
    runs = {run.id: run for run in reversed(store.list_runs(settings.home())) if run.has_model}
    options = [OWN, *runs]
    names = distinct_labels(options, lambda id_: label(runs[id_]) if id_ else "The app's own choice")
    pinned = state.pinned if state.pinned in runs else OWN
    key = f"pin-{pinned}"  # a new widget for each pin: what an old one still says must not undo it

    def pin() -> None:
        if st.session_state[key] in options:
            host_actions().pin(host_token(), st.session_state[key] or None)

    st.selectbox(
        "Pinned",
        options,
        options.index(pinned),
        key=key,
        format_func=lambda id_: names.get(id_, id_),
        on_change=safe_callback(pin),
        help="At once for all who are here. Whoever then chooses another one in the sidebar keeps that.",
        label_visibility="collapsed",
    )
    if state.pinned not in (None, pinned):
        st.warning("The pinned network is gone: everybody uses the app's own choice.", icon=":material/delete:")


def _pause(state: RoomState) -> None:
    st.subheader("Drawing", anchor=False)
    if state.paused:
        st.warning("Paused: nobody can draw, and nothing is saved.", icon=":material/pause_circle:")
        action, name, icon = False, "Let all draw again", ":material/play_arrow:"
    else:
        action, name, icon = True, "Pause drawing", ":material/pause:"
    st.button(name, icon=icon, on_click=safe_callback(lambda: host_actions().pause(host_token(), paused=action)))


def _start_round() -> None:
    st.write("The page Draw asks everybody for the same digit. What the network reads is hidden until you reveal it.")
    digit = st.pills("Digit", range(10), default=4, required=True, wrap=True, key="round-digit")
    st.button(
        f"Have all draw {with_article(digit)}",
        icon=":material/campaign:",
        type="primary",
        on_click=safe_callback(lambda: host_actions().start_round(host_token(), digit)),
    )


def _show_round(round_: RoomRound) -> None:
    st.markdown(f"#### Draw {with_article(round_.digit)}")
    if round_.revealed:
        show_result(room().of_round(round_.id), round_.digit)
    else:
        handed_in = len(room().handed_in(round_.id))
        st.markdown(f"**{handed_in}** handed in so far. Their answers are hidden.")
    with st.container(horizontal=True):
        if not round_.revealed and st.button(
            "Reveal the answers",
            icon=":material/visibility:",
            type="primary",
            on_click=safe_callback(lambda: host_actions().reveal(host_token())),
        ):
            st.rerun()  # all of the page: the round stands outside of this fragment
        if st.button(
            "End the round",
            icon=":material/stop:",
            on_click=safe_callback(lambda: host_actions().end_round(host_token())),
        ):
            st.rerun()
