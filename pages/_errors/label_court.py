"""Errors, Label court: people read doubtful test digits without their labels, then compare."""

from collections.abc import Collection, Mapping
from functools import partial

import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.label_errors import DISPUTED, blind_case
from mnist_core.runs.run import Run
from pages._errors.label_court_results import show_verdict
from pages._shared.device import is_phone
from pages._shared.fragments import fragment
from pages._shared.identity import person
from pages._shared.messages import safe_callback, show_message
from pages._shared.services import votes
from pages._shared.widgets.digit_grid import data_url

PLACE = "court-place"  # in the session: of the digit that is shown, in this person's case
VERDICT = "court-verdict"  # in the session: whether the verdict is open, once it was
WIDTH = 960  # CSS pixels
BUTTON, GAP = 58, 8  # CSS pixels of a digit's button and between two, five in a row
STYLE = """
<style>
.court-digit {display: block; width: min(20rem, 62vw); margin: 0 auto; image-rendering: pixelated;
  border-radius: 0.4rem;}
.st-key-court-answers kbd {display: none;}
</style>
"""


@fragment
def show_court(run: Run) -> None:
    """Show the next digit of this person's case, or the verdict: what labels, room and ``run`` say."""
    show_message()
    case = blind_case(list(person().encode()))
    cast = votes().cast_by(person())
    own = {index: cast[index] for index in case if index in cast}
    with st.container(width=WIDTH):
        if not st.session_state.get(VERDICT, len(own) == len(case)):
            _show_digit(case, own)
            return
        st.button("Back to the digits", icon=":material/arrow_back:", on_click=_open_verdict, args=(False,))
        show_verdict(run, case, own)
        if own:
            _offer_to_withdraw(case)


def _show_digit(case: tuple[int, ...], own: Mapping[int, int | None]) -> None:
    place = st.session_state.get(PLACE, _next_unread(case, own, 0) or 0)
    st.markdown(
        f"Labels are made by people, and people err. Here are {len(case)} digits of the test set without their labels: "
        f"say what you read. {len(DISPUTED)} of the labels are disputed; the verdict tells which."
        + ("" if is_phone() else " The keys 0 to 9 work too.")
    )
    if VERDICT in st.session_state:
        st.caption("You have seen the verdict: what you say now, you do not say blind any more.")
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        digit = mnist.load().test.images[case[place]]
        st.html(f'{STYLE}<img class="court-digit" src="{data_url(digit)}" alt="Digit {place + 1}, to be read by you">')
    with right:
        st.progress(len(own) / len(case), f"Digit {place + 1} of {len(case)}: what do you read?")
        _ask(case, place, own)
        _show_ways(case, place, own)


def _ask(case: tuple[int, ...], place: int, own: Mapping[int, int | None]) -> None:
    index = case[place]

    def cast(digit: int | None) -> None:
        votes().vote(index, digit, person=person())
        unread = _next_unread(case, {*own, index}, place)
        if unread is None:
            _open_verdict(True)
        else:
            st.session_state[PLACE] = unread

    def answer(label: str, digit: int | None, *, width: int, shortcut: str | None = None) -> None:
        chosen = index in own and own[index] == digit
        # A key of its own for each test digit: a second click on the one before is no vote on the next.
        st.button(
            label,
            key=f"court-{index}-{digit}",
            on_click=safe_callback(partial(cast, digit)),
            type="primary" if chosen else "secondary",
            width=width,
            shortcut=shortcut,  # its hint, the same digit again, is hidden
        )

    five = 5 * BUTTON + 4 * GAP
    with st.container(horizontal=True, width=five, gap="xsmall", key="court-answers"):
        for digit in range(10):
            answer(str(digit), digit, width=BUTTON, shortcut=str(digit))
        answer("Cannot tell", None, width=five)


def _show_ways(case: tuple[int, ...], place: int, own: Mapping[int, int | None]) -> None:
    def go(to: int) -> None:
        st.session_state[PLACE] = to

    def withdraw() -> None:
        votes().withdraw([case[place]], person=person())
        go(place)

    with st.container(horizontal=True):
        st.button("Back", shortcut="Left", on_click=go, args=(place - 1,), disabled=place == 0)
        last = place == len(case) - 1
        st.button("Next", shortcut="Right", on_click=go, args=(place + 1,), disabled=last)
        st.button("Withdraw", icon=":material/undo:", on_click=safe_callback(withdraw), disabled=case[place] not in own)
    st.button("Show the verdict", type="tertiary", icon=":material/gavel:", on_click=_open_verdict, args=(True,))


def _offer_to_withdraw(case: tuple[int, ...]) -> None:
    def withdraw() -> None:
        votes().withdraw(case, person=person())
        st.session_state.pop(PLACE, None)
        _open_verdict(False)

    st.button("Withdraw all my votes", icon=":material/undo:", on_click=safe_callback(withdraw))


def _open_verdict(open_: bool) -> None:
    st.session_state[VERDICT] = open_


def _next_unread(case: tuple[int, ...], read: Collection[int], after: int) -> int | None:
    """The place in ``case`` of the next digit that is not among those ``read``, from ``after`` on and round again."""
    places = (*range(after, len(case)), *range(after))
    return next((place for place in places if case[place] not in read), None)
