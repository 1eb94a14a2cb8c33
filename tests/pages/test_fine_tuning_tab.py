"""Tests of fine-tuning the chosen network on the room's drawings, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.digits import drawing_json, handwriting
from mnist_core.engine import queue
from mnist_core.runs.fine_tuning import FINE_TUNING_RECIPE, Lesson
from pages._shared.services import stored_drawings
from tests.apps import app_of


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def script() -> None:
    from pages._draw.fine_tuning_tab import show_fine_tuning_tab
    from pages._shared.model_picker import choose_model

    choose_model()
    show_fine_tuning_tab()


def opened(drawings: int) -> AppTest:
    if drawings:
        stored_drawings().import_json(
            drawing_json.dump(map(drawing_json.to_json, handwriting.drawings(drawings, seed=3))), name="room.json"
        )
    return app_of(script).run()


def test_with_too_few_drawings_fine_tuning_is_not_offered(home):
    app = opened(19)
    assert not app.exception
    assert "19 labelled drawings; a lesson takes 20" in app.info[0].value
    assert not app.button


def test_the_button_queues_fine_tuning_on_all_drawings(home):
    app = opened(30)
    assert "learns 15 of the room's drawings" in app.markdown[0].value
    button = next(button for button in app.button if button.label.endswith("with 30 drawings"))
    app = button.click().run()
    assert not app.exception
    (listed,) = queue.waiting(home)
    assert listed.config.recipe == FINE_TUNING_RECIPE
    assert Lesson.read(listed.run.path).learned.sum() == 15
    assert "Next in line" in app.info[0].value
