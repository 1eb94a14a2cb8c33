"""Tests of the Draw page's photo tab without a browser."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.engine.client import EngineClient
from pages._draw import photo_tab
from tests.apps import app_of
from tests.digits.photographs import Paper, encoded, photograph, written


@pytest.fixture
def panel(home_without_engine: Path) -> AppTest:
    def script() -> None:
        from pages._draw.photo_tab import show_photo_tab

        show_photo_tab()

    return app_of(script).run()


def upload(panel: AppTest, content: bytes) -> AppTest:
    panel.file_uploader[0].upload("photo.jpg", content, "image/jpeg")
    return panel.run()


def test_the_tab_says_what_makes_a_good_photo(panel):
    assert "dark pen" in panel.markdown[0].value


def test_a_file_that_is_no_picture_shows_an_error(panel):
    app = upload(panel, b"a seven")
    assert not app.exception
    assert "not a picture" in app.error[0].value


def test_a_photo_of_blank_paper_shows_a_warning(panel):
    app = upload(panel, encoded(photograph([[np.zeros((9, 9))]], Paper())).getvalue())
    assert not app.exception
    assert "No digits found" in app.warning[0].value


def test_each_row_of_digits_is_shown_as_a_number(panel, monkeypatch):
    monkeypatch.setattr(EngineClient, "classify", lambda self, run, digits: np.eye(10)[[4, 2, 7, 1, 9]])
    monkeypatch.setattr(photo_tab, "chosen_run", lambda: None)
    rows = [[written(digit) for digit in row] for row in ((4, 2, 7), (1, 9))]
    app = upload(panel, encoded(photograph(rows, Paper())).getvalue())
    assert not app.exception
    shown = app.get("html")[0].proto.body
    assert shown.count('class="number"') == 2
    assert shown.count("<figure>") == 5
