"""What has been reached on MNIST, as bars."""

import altair as alt
import pandas as pd
import streamlit as st

from mnist_core.figures.style import TEST_COLOUR, TRAIN_COLOUR
from mnist_core.published import PUBLISHED_RESULTS, WALK_THROUGH


def show_published_results() -> None:
    """A bar for each published result, longest error first; the walk-through's stands out."""
    table = pd.DataFrame(
        {
            "name": [result.name for result in PUBLISHED_RESULTS],
            "error": [result.error_percent for result in PUBLISHED_RESULTS],
            "label": [f"{result.error_percent:g} %" for result in PUBLISHED_RESULTS],
            "source": [result.source for result in PUBLISHED_RESULTS],
            "own": [result is WALK_THROUGH for result in PUBLISHED_RESULTS],
        }
    )
    base = alt.Chart(table, height={"step": 30}).encode(
        x=alt.X("error:Q", title="Error on the test set (%)"),
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
        tooltip=[
            alt.Tooltip("name:N", title="Method"),
            alt.Tooltip("label:N", title="Error"),
            alt.Tooltip("source:N", title="Source"),
        ],
    )
    colour = alt.when("datum.own").then(alt.value(TEST_COLOUR)).otherwise(alt.value(TRAIN_COLOUR))
    bars = base.mark_bar().encode(color=colour)
    st.altair_chart(bars + base.mark_text(align="left", dx=5).encode(text="label:N"), width="stretch")
