"""Errors, Robustness: the button that starts the measurement of a run's robustness, and its progress."""

import streamlit as st

from mnist_core.digits.perturbations import LEVELS
from mnist_core.engine.shared import EngineNotReady, JobProgress
from mnist_core.runs import pace
from mnist_core.runs.robustness import read_robustness
from mnist_core.runs.run import Run
from pages._shared.fragments import polling_fragment
from pages._shared.messages import escape_markdown, safe_callback, show_message
from pages._shared.services import engine
from pages._shared.wording import format_duration


@polling_fragment("1s")
def show_measuring(run: Run) -> None:
    """Offer to measure ``run``, or show the progress; rerun the app when a result exists.

    Polls every second, because another person may have started the measurement.
    """
    show_message()
    config = run.read_config()
    name, requested_key = escape_markdown(config.name), f"robustness_asked-{run.id}"
    try:
        progress = engine().robustness_progress(run)
    except EngineNotReady as waiting:
        st.info(f"**{name}** is not measured yet. {waiting}", icon=":material/bedtime:")
        return
    if progress is None and read_robustness(run, LEVELS):
        st.rerun()
    if progress and progress.error is not None:
        st.error(f"**{name}** could not be measured: {escape_markdown(progress.error)}", icon=":material/report:")
    elif progress:
        st.session_state[requested_key] = True
        st.progress(progress.done, _progress_text(name, progress))
        return
    elif st.session_state.get(requested_key):
        st.warning(f"Measuring **{name}** was interrupted. Start it again.", icon=":material/restart_alt:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Measure {name}",
            icon=":material/speed:",
            type="primary",
            key=f"measure-{run.id}",
            on_click=safe_callback(lambda: engine().measure_robustness(run)),
        )
        expected = format_duration(pace.expected_robustness_seconds(config.model))
        st.markdown(f"It takes about {expected}, once: the run keeps the result.")


def _progress_text(name: str, progress: JobProgress) -> str:
    if not progress.done:
        return f"**{name}** is measured next …"
    left = progress.seconds / progress.done * (1 - progress.done)
    return f"Measuring **{name}**: {progress.done:.0%}, about {format_duration(left)} left"
