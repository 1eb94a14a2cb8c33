"""Asking the engine, and the notice that a page shows while the engine starts."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from mnist_core.engine.shared import EngineNotReady
from pages._shared.fragments import polling_fragment
from pages._shared.services import engine

T = TypeVar("T")


def ask_engine(question: Callable[[], T], meanwhile: str = "") -> T | None:
    """Return the result of ``question``, which calls the engine; None if the engine is not ready.

    In that case ``wait_for_engine`` shows the notice, with the hint ``meanwhile``. Other errors are raised.
    """
    try:
        return question()
    except EngineNotReady:
        wait_for_engine(meanwhile)
        return None


@polling_fragment("500ms")
def wait_for_engine(meanwhile: str = "") -> None:
    """Show that the engine is starting, with the hint ``meanwhile``; rerun the page when it is ready."""
    lab_engine = engine()
    if lab_engine.ready:
        st.rerun()
    lab_engine.ensure_started()
    if lab_engine.error:
        st.error(lab_engine.error)
    else:
        st.info(f"The network is waking up; this takes a few seconds. {meanwhile}".strip(), icon=":material/bedtime:")
