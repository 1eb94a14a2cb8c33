"""What has been reached on MNIST, as bars."""

import altair as alt
import pandas as pd
import streamlit as st

from mnist_core.figures.style import TEST_COLOUR, TRAIN_COLOUR
from mnist_core.published import PUBLISHED_RESULTS, WALK_THROUGH, PublishedResult
from pages._parts.figure import page_theme


def show_published_results(own: PublishedResult = WALK_THROUGH) -> None:
    """A bar for each published result, the largest error first; ``own``, one of them or one's own, stands out."""
    results = sorted({*PUBLISHED_RESULTS, own}, key=lambda result: -result.error_percent)
    table = pd.DataFrame(
        {
            "name": [result.name for result in results],
            "error": [result.error_percent for result in results],
            "label": [f"{result.error_percent:g} %" for result in results],
            "source": [result.source for result in results],
            "own": [result == own for result in results],
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
    labels = base.mark_text(align="left", dx=5, color=page_theme().text).encode(text="label:N")
    st.altair_chart(bars + labels, width="stretch")
