"""Published results on MNIST as a bar chart."""

import streamlit as st

from mnist_core.figures.colours import TEST_COLOUR, TRAIN_COLOUR
from mnist_core.published import PUBLISHED_RESULTS, WALK_THROUGH, PublishedResult
from pages._shared.widgets.bars import Bar, bars_html


def show_published_results(own: PublishedResult = WALK_THROUGH) -> None:
    """Show a bar for each published result and ``own``, the largest error first; ``own`` is highlighted."""
    results = sorted({*PUBLISHED_RESULTS, own}, key=lambda result: -result.error_percent)
    largest = results[0].error_percent
    bars = bars_html(
        (
            Bar(
                name=result.name,
                share=result.error_percent / largest,
                value=f"{result.error_percent:g} %",
                colour=TEST_COLOUR if result == own else TRAIN_COLOUR,
                best=result == own,
                note=result.source,
            )
            for result in results
        ),
        label="Error on MNIST's test set, in percent",
    )
    st.html(bars)
