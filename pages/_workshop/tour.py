"""The guided tour: one step per screen; the query parameter ``step`` holds the current one."""

import streamlit as st

from pages._shared.page_files import page_file
from pages._workshop.tour_steps import STEPS, Step

STEP_KEY = "step"  # query parameter and session state: number of the current step, from 1
STYLE = "<style>.st-key-tour p, .st-key-tour li {font-size: clamp(1.05rem, 1.25vw, 1.5rem);}</style>"


def show_tour() -> None:
    """Show the current step, and store its number in the session state and in the URL."""
    number = _step_number()
    step = STEPS[number - 1]
    st.session_state[STEP_KEY] = number
    st.query_params[STEP_KEY] = str(number)
    so_far = sum(each.minutes for each in STEPS[: number - 1])
    st.progress(
        number / len(STEPS),
        f"Step {number} of {len(STEPS)} · {step.minutes} minutes · {so_far} of {total_minutes()} minutes behind you",
    )
    st.html(STYLE)
    with st.container(key="tour"):
        _show_step(step)
    with st.container(horizontal=True):
        st.button("Back", icon=":material/arrow_back:", disabled=number == 1, on_click=_go, args=(number - 1,))
        last = number == len(STEPS)
        st.button("Next step", icon=":material/arrow_forward:", disabled=last, on_click=_go, args=(number + 1,))


def total_minutes() -> int:
    """Return the duration of the whole tour in minutes."""
    return sum(step.minutes for step in STEPS)


def _step_number() -> int:
    """Return the step's number from the session state, else from the URL, else 1; 1 too if it is invalid."""
    value = str(st.session_state.get(STEP_KEY) or st.query_params.get(STEP_KEY, ""))
    numbers = [str(number) for number in range(1, len(STEPS) + 1)]
    return int(value) if value in numbers else 1


def _go(number: int) -> None:
    st.session_state[STEP_KEY] = number


def _show_step(step: Step) -> None:
    st.header(step.title)
    say, do, expect = st.columns(3, gap="large")
    with say:
        st.markdown("**:material/record_voice_over: Say**")
        st.markdown("\n\n".join(step.say))
    with do:
        st.markdown("**:material/touch_app: Do**")
        st.markdown("\n".join(f"{number}. {each}" for number, each in enumerate(step.do, start=1)))
        if st.button(f"Go to {step.page.capitalize()}", icon=":material/open_in_new:", type="primary"):
            st.switch_page(page_file(step.page))
    with expect:
        st.markdown("**:material/visibility: Expect**")
        st.markdown("\n\n".join(step.expect))
