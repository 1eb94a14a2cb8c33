"""Host's view, The room: pin a network for everyone, pause drawing, and run a round in which all draw one digit."""

import streamlit as st

from mnist_core import settings
from mnist_core.room.state import RoomRound, RoomState
from mnist_core.runs import scan
from pages._shared.fragments import polling_fragment
from pages._shared.group_round_result import show_result
from pages._shared.messages import safe_callback
from pages._shared.model_picker import run_label
from pages._shared.services import room_state, stored_drawings
from pages._shared.url_state import distinct_labels
from pages._shared.wording import with_article
from pages._workshop.host.login import host_actions

NOT_PINNED = ""  # the option for no pinned network


def show_room() -> None:
    """Show the room's settings on the left, the round on the right."""
    state = room_state()
    left, right = st.columns(2, gap="large")
    with left:
        _show_pin(state)
        _show_pause(state)
    with right:
        st.subheader("A round for all", anchor=False)
        if state.round is None:
            _show_round_start()
        else:
            polling_fragment("2s")(_show_round)(state.round)


def _show_pin(state: RoomState) -> None:
    st.subheader("The network for everyone", anchor=False)
    runs = {listed.id: listed for listed in reversed(scan.scan(settings.home()).runs) if listed.run.has_model()}
    options = [NOT_PINNED, *runs]
    names = distinct_labels(options, lambda id_: run_label(runs[id_]) if id_ else "The app's own choice")
    pinned = state.pinned if state.pinned in runs else NOT_PINNED
    key = f"pin-{pinned}"  # a new widget for each pin, so that a late value of the old one does not undo it

    def pin() -> None:
        if st.session_state[key] in options:
            host_actions().pin(st.session_state[key] or None)

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


def _show_pause(state: RoomState) -> None:
    st.subheader("Drawing", anchor=False)
    if state.paused:
        st.warning("Paused: nobody can draw, and nothing is saved.", icon=":material/pause_circle:")
        action, name, icon = False, "Let all draw again", ":material/play_arrow:"
    else:
        action, name, icon = True, "Pause drawing", ":material/pause:"
    st.button(name, icon=icon, on_click=safe_callback(lambda: host_actions().pause(paused=action)))


def _show_round_start() -> None:
    st.write("The page Draw asks everybody for the same digit. What the network reads is hidden until you reveal it.")
    digit = st.pills("Digit", range(10), default=4, required=True, wrap=True, key="round-digit")
    st.button(
        f"Have all draw {with_article(digit)}",
        icon=":material/campaign:",
        type="primary",
        on_click=safe_callback(lambda: host_actions().start_round(digit)),
    )


def _show_round(round_: RoomRound) -> None:
    st.markdown(f"#### Draw {with_article(round_.digit)}")
    if round_.revealed:
        show_result(stored_drawings().in_round(round_.id), round_.digit)
    else:
        handed_in = len(stored_drawings().participants(round_.id))
        st.markdown(f"**{handed_in}** handed in so far. Their answers are hidden.")
    with st.container(horizontal=True):
        if not round_.revealed and st.button(
            "Reveal the answers",
            icon=":material/visibility:",
            type="primary",
            on_click=safe_callback(lambda: host_actions().reveal()),
        ):
            st.rerun()  # of the whole app, because the round is shown outside this fragment
        if st.button(
            "End the round",
            icon=":material/stop:",
            on_click=safe_callback(lambda: host_actions().end_round()),
        ):
            st.rerun()
