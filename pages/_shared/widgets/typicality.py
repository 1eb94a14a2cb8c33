"""Whether a drawing looks like a digit at all: the scale beside the answer, and the limit that people may move."""

import math

import streamlit as st

from mnist_core.predictions import REJECTION_THRESHOLD

KEY = "tolerance"  # in the session: the limit in percent
USUAL_TOLERANCE = 100 * REJECTION_THRESHOLD  # percent of real digits that may be refused
RAREST = 1e-4  # the left end of the scale: rarer than any real digit

STYLE = """
<style>
.strange {flex: 1; min-width: 13rem; font-size: 0.9rem;}
.strange .scale {position: relative; height: 1rem; margin: 0.5rem 0; border-radius: 0.5rem;
  background: linear-gradient(to right, #EE7733 var(--limit), #4477AA55 var(--limit));}
.strange .scale i {position: absolute; top: -0.25rem; left: var(--at); width: 0.5rem; height: 1.5rem;
  margin-left: -0.25rem; border-radius: 0.25rem; background: currentColor;}
.strange .ends {display: flex; justify-content: space-between; font-size: 0.8rem;}
</style>
"""


def tolerance() -> float:
    """The share of real digits that this person lets the network refuse, 0 to 0.1."""
    return st.session_state.get(KEY, USUAL_TOLERANCE) / 100


def choose_tolerance() -> None:
    """The limit, out of the way until somebody asks for it."""
    with st.popover("When is it no digit?", icon=":material/tune:"):
        st.slider(
            "Real digits that may be refused, in percent",
            min_value=0.0,
            max_value=10.0,
            value=USUAL_TOLERANCE,
            step=0.5,
            format="%.1f%%",
            key=KEY,
            persist_state="session",
        )
        st.markdown(
            "Inside the network every drawing has a place, and digits lie together there. What is further out than all "
            "but this share of real digits is refused. Move it up and more scribbles are caught, but also more digits "
            "that are merely unusual; at 0 nothing is refused."
        )


def strangeness_html(typicality: float, limit: float) -> str:
    """A scale with the drawing's place on it; orange is refused.

    ``typicality``: the share of real digits that look at least as strange, above 0 and at most 1. ``limit``: the share
    below which a drawing is refused.
    """
    return (
        f'{STYLE}<div class="strange"><b>Does it look like a digit?</b>'
        f'<div class="scale" style="--at: {_place(typicality):.1%}; --limit: {_place(limit):.1%}"><i></i></div>'
        f'<div class="ends"><span>stranger than all digits</span><span>like most digits</span></div>'
        f"<div>{typicality_text(typicality)}</div></div>"
    )


def _place(share: float) -> float:
    """Where ``share`` is on the scale, 0 to 1: by its logarithm, as what matters is small."""
    return 1 - math.log(max(share, RAREST)) / math.log(RAREST)


def typicality_text(typicality: float) -> str:
    """The share of real digits that look at least as strange, as a person would say it."""
    if typicality < 0.0005:
        return "Hardly any real digit looks as strange."
    if typicality < 0.1:
        return f"{typicality * 1000:.0f} of 1,000 real digits look as strange."
    return f"{typicality:.0%} of real digits look as strange, or stranger."
