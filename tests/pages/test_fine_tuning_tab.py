"""The part that teaches the chosen network a room's drawings, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.digits import drawing_json, handwriting
from mnist_core.engine import queue
from mnist_core.runs.fine_tuning import TAUGHT, Lesson
from pages._shared.services import room
from tests.apps import app_of


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def script() -> None:
    from pages._draw.fine_tuning_tab import show_teach_it
    from pages._shared.model_picker import choose_model

    choose_model()
    show_teach_it()


def opened(drawings: int) -> AppTest:
    if drawings:
        room().take_in(
            drawing_json.dump(map(drawing_json.to_json, handwriting.drawings(drawings, seed=3))), name="room.json"
        )
    return app_of(script).run()


def test_too_few_drawings_are_counted_and_no_lesson_is_offered(home):
    app = opened(19)
    assert not app.exception
    assert "19 labelled drawings; a lesson takes 20" in app.info[0].value
    assert not app.button


def test_the_button_puts_a_lesson_of_all_drawings_in_line(home):
    app = opened(30)
    assert "learns 15 of the room's drawings" in app.markdown[0].value
    button = next(each for each in app.button if each.label.endswith("with 30 drawings"))
    app = button.click().run()
    assert not app.exception
    (run,) = queue.waiting(home)
    assert run.config.recipe == TAUGHT
    assert Lesson.read(run.path).learned.sum() == 15
    assert "Next in line" in app.info[0].value
