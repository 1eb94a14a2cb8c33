"""Tests of asking the engine from a page: the answer when it is ready, otherwise a notice."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.engine.shared import EngineNotReady
from mnist_core.errors import ModelError
from tests.apps import app_of


@pytest.fixture(autouse=True)
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def page_that_asks(error: Exception | None) -> AppTest:
    def script(error: Exception | None) -> None:
        import streamlit as st

        from pages._shared.engine_status import ask_engine
        from pages._shared.messages import error_boundary

        def question() -> int:
            if error is not None:
                raise error
            return 7

        error_boundary(lambda: st.write(f"Answer: {ask_engine(question, 'Draw meanwhile.')}"))()

    return app_of(script, error).run()


def test_ask_engine_returns_the_answer_of_a_ready_engine_without_a_notice():
    app = page_that_asks(None)
    assert app.markdown[0].value == "Answer: 7"
    assert not app.info


def test_ask_engine_shows_the_notice_and_returns_none_while_the_engine_is_not_ready():
    app = page_that_asks(EngineNotReady("It starts."))
    assert app.info[0].value == "The network is waking up; this takes a few seconds. Draw meanwhile."
    assert app.markdown[0].value == "Answer: None"


def test_ask_engine_raises_other_errors():
    app = page_that_asks(ModelError("The model is damaged."))
    assert app.error[0].value == "The model is damaged."
    assert not app.info
