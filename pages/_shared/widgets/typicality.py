"""The typicality of a drawing, shown on a scale, and the slider for the rejection threshold."""

import math

import streamlit as st

from mnist_core.predictions import REJECTION_THRESHOLD

THRESHOLD_KEY = "tolerance"  # session state: the rejection threshold in percent
DEFAULT_THRESHOLD_PERCENT = 100 * REJECTION_THRESHOLD  # of real digits that may be rejected
MIN_TYPICALITY = 1e-4  # the left end of the scale: less typical than any real digit

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


def rejection_threshold() -> float:
    """Return this person's rejection threshold: the share of real digits that may be rejected, 0 to 0.1."""
    return st.session_state.get(THRESHOLD_KEY, DEFAULT_THRESHOLD_PERCENT) / 100


def choose_rejection_threshold() -> None:
    """Show the slider for the rejection threshold in a popover."""
    with st.popover("When is it no digit?", icon=":material/tune:"):
        st.slider(
            "Real digits that may be refused, in percent",
            min_value=0.0,
            max_value=10.0,
            value=DEFAULT_THRESHOLD_PERCENT,
            step=0.5,
            format="%.1f%%",
            key=THRESHOLD_KEY,
            persist_state="session",
        )
        st.markdown(
            "Inside the network every drawing has a place, and digits lie together there. What is further out than all "
            "but this share of real digits is refused. Move it up and more scribbles are caught, but also more digits "
            "that are merely unusual; at 0 nothing is refused."
        )


def typicality_html(typicality: float, threshold: float) -> str:
    """Return a scale that marks the typicality of a drawing; its orange part is rejected.

    ``typicality``: the share of real digits that look at least as strange, in (0, 1]; rejected below ``threshold``.
    """
    return (
        f'{STYLE}<div class="strange"><b>Does it look like a digit?</b>'
        f'<div class="scale" style="--at: {_offset(typicality):.1%}; --limit: {_offset(threshold):.1%}"><i></i></div>'
        f'<div class="ends"><span>stranger than all digits</span><span>like most digits</span></div>'
        f"<div>{typicality_text(typicality)}</div></div>"
    )


def _offset(share: float) -> float:
    """Return the offset of ``share`` on the scale, 0 to 1: logarithmic, as thresholds are small."""
    return 1 - math.log(max(share, MIN_TYPICALITY)) / math.log(MIN_TYPICALITY)


def typicality_text(typicality: float) -> str:
    """Return as a sentence how many real digits look at least as strange; ``typicality``: their share."""
    if typicality < 0.0005:
        return "Hardly any real digit looks as strange."
    if typicality < 0.1:
        return f"{typicality * 1000:.0f} of 1,000 real digits look as strange."
    return f"{typicality:.0%} of real digits look as strange, or stranger."
