"""Errors, Label court: people vote on the labels of suspected label errors without seeing the labels."""

from collections.abc import Collection, Mapping
from functools import partial

import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.label_errors import DISPUTED, blind_sample
from mnist_core.runs.run import Run
from pages._errors.label_court_results import show_verdict
from pages._shared.device import is_phone
from pages._shared.fragments import fragment
from pages._shared.identity import person
from pages._shared.messages import safe_callback, show_message
from pages._shared.services import votes
from pages._shared.widgets.digit_grid import data_url

POSITION_KEY = "court-place"  # session state: position of the current digit in this person's case
VERDICT_KEY = "court-verdict"  # session state: is the verdict open? Missing until it is first opened
WIDTH = 960  # CSS pixels
BUTTON_SIZE, GAP = 58, 8  # CSS pixels; five buttons in a row
STYLE = """
<style>
.court-digit {display: block; width: min(20rem, 62vw); margin: 0 auto; image-rendering: pixelated;
  border-radius: 0.4rem;}
.st-key-court-answers kbd {display: none;}
</style>
"""


@fragment
def show_court(run: Run) -> None:
    """Show the next digit of this person's case, or the verdict: labels, votes and predictions of ``run``."""
    show_message()
    case = blind_sample(list(person().encode()))
    votes_by_index = votes().cast_by(person())
    own = {index: votes_by_index[index] for index in case if index in votes_by_index}
    with st.container(width=WIDTH):
        if not st.session_state.get(VERDICT_KEY, len(own) == len(case)):
            _show_digit(case, own)
            return
        st.button("Back to the digits", icon=":material/arrow_back:", on_click=_open_verdict, args=(False,))
        show_verdict(run, case, own)
        if own:
            _show_withdraw_all(case)


def _show_digit(case: tuple[int, ...], own: Mapping[int, int | None]) -> None:
    position = st.session_state.get(POSITION_KEY, _next_unread(case, own, 0) or 0)
    st.markdown(
        f"Labels are made by people, and people err. Here are {len(case)} digits of the test set without their labels: "
        f"say what you read. {len(DISPUTED)} of the labels are disputed; the verdict tells which."
        + ("" if is_phone() else " The keys 0 to 9 work too.")
    )
    if VERDICT_KEY in st.session_state:
        st.caption("You have seen the verdict: what you say now, you do not say blind any more.")
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        digit = mnist.load().test.images[case[position]]
        st.html(
            f'{STYLE}<img class="court-digit" src="{data_url(digit)}" alt="Digit {position + 1}, to be read by you">'
        )
    with right:
        st.progress(len(own) / len(case), f"Digit {position + 1} of {len(case)}: what do you read?")
        _show_answer_buttons(case, position, own)
        _show_navigation(case, position, own)


def _show_answer_buttons(case: tuple[int, ...], position: int, own: Mapping[int, int | None]) -> None:
    index = case[position]

    def vote(digit: int | None) -> None:
        votes().vote(index, digit, person=person())
        unread = _next_unread(case, {*own, index}, position)
        if unread is None:
            _open_verdict(True)
        else:
            st.session_state[POSITION_KEY] = unread

    def show_button(label: str, digit: int | None, *, width: int, shortcut: str | None = None) -> None:
        chosen = index in own and own[index] == digit
        # The key contains the test digit's index, so a double click does not vote on the next digit.
        st.button(
            label,
            key=f"court-{index}-{digit}",
            on_click=safe_callback(partial(vote, digit)),
            type="primary" if chosen else "secondary",
            width=width,
            shortcut=shortcut,  # STYLE hides its hint, which repeats the digit
        )

    row_width = 5 * BUTTON_SIZE + 4 * GAP
    with st.container(horizontal=True, width=row_width, gap="xsmall", key="court-answers"):
        for digit in range(10):
            show_button(str(digit), digit, width=BUTTON_SIZE, shortcut=str(digit))
        show_button("Cannot tell", None, width=row_width)


def _show_navigation(case: tuple[int, ...], position: int, own: Mapping[int, int | None]) -> None:
    def go_to(new: int) -> None:
        st.session_state[POSITION_KEY] = new

    def undo() -> None:
        votes().withdraw([case[position]], person=person())
        go_to(position)

    with st.container(horizontal=True):
        st.button("Back", shortcut="Left", on_click=go_to, args=(position - 1,), disabled=position == 0)
        last = position == len(case) - 1
        st.button("Next", shortcut="Right", on_click=go_to, args=(position + 1,), disabled=last)
        st.button("Withdraw", icon=":material/undo:", on_click=safe_callback(undo), disabled=case[position] not in own)
    st.button("Show the verdict", type="tertiary", icon=":material/gavel:", on_click=_open_verdict, args=(True,))


def _show_withdraw_all(case: tuple[int, ...]) -> None:
    def withdraw() -> None:
        votes().withdraw(case, person=person())
        st.session_state.pop(POSITION_KEY, None)
        _open_verdict(False)

    st.button("Withdraw all my votes", icon=":material/undo:", on_click=safe_callback(withdraw))


def _open_verdict(open_: bool) -> None:
    st.session_state[VERDICT_KEY] = open_


def _next_unread(case: tuple[int, ...], read: Collection[int], after: int) -> int | None:
    """Return the position in ``case`` of the next digit not in ``read``, from ``after`` on, wrapping; None if none."""
    positions = (*range(after, len(case)), *range(after))
    return next((position for position in positions if case[position] not in read), None)
