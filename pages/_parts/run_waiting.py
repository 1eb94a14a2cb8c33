"""A run that somebody waits for: its place in line, and whether it has come further."""

import streamlit as st

from mnist_core.runs import queue
from mnist_core.runs.run import Run, Status
from pages._parts.durations import in_words
from pages._parts.lab import engine


def tell_place(run: Run) -> None:
    """Tell where ``run`` stands in line; while somebody looks, see to it that there is an engine to take it up."""
    engine().wake()
    if engine().error:
        st.error(engine().error, icon=":material/build:")
    place = queue.place_of(run, run.home)
    st.info(
        f"**{place.ahead} before it.** It starts by itself, in about {in_words(place.seconds)}."
        if place.ahead
        else "**Next in line.** It starts by itself as soon as a worker is free.",
        icon=":material/hourglass_empty:",
    )


def look_again(run: Run, drawn: Status) -> None:
    """Draw all of the page anew if the run is in another state than it was ``drawn`` in."""
    status = run.status
    if (status.state, status.parked) != (drawn.state, drawn.parked):
        st.rerun()
