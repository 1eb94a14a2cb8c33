"""The room's board and the guided tour, without a browser. What a press on the wall does is the browser's."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.engine.client import Engine
from mnist_core.engine.protocol import EngineNotReady
from mnist_core.predictions import Prediction
from mnist_core.room.drawings import FEEDBACK, Answer, Drawings
from pages._shared import services
from pages._shared.model_picker import KEY as MODEL
from pages._workshop.board import board as board_views
from pages._workshop.tour import STEP, total_minutes
from pages._workshop.tour_steps import STEPS
from tests.apps import app_of
from tests.drawn import DIGIT, SEVEN, add
from tests.runs.test_leaderboards import made

PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture
def room(home_without_engine: Path, monkeypatch: pytest.MonkeyPatch) -> Drawings:
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    return services.room()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many drawings each question to the engine was about; it reads a 7 in all of them."""
    sizes: list[int] = []

    def read(_: Engine, __: object, digits: np.ndarray) -> Prediction:
        sizes.append(len(digits))
        return Prediction(np.eye(10, dtype=np.float32)[[7] * len(digits)], None)

    monkeypatch.setattr(Engine, "predict", read)
    return sizes


def board():
    from pages._workshop.board.board import show_board

    show_board()


def opened(page, **session) -> AppTest:
    app = app_of(page)
    for key, value in ({MODEL: "book"} | session).items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


def select_view(app: AppTest, name: str) -> AppTest:
    app.button_group[0].set_value(next(each for each in board_views.VIEWS if name in each)).run()
    assert not app.exception
    return app


def view_of(app: AppTest) -> str:
    return app.button_group[0].value


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.info, *app.header])


def test_an_empty_room_says_how_to_fill_it(room):
    assert "Nobody has drawn yet" in text(opened(board))


def test_the_network_is_asked_once_about_each_drawing(room, asked):
    for label in (7, 7, 4):
        add(room, label=label)
    app = select_view(opened(board), "MNIST and us")
    assert "98.2\u2009%" in html(app)
    assert "66.7\u2009%" in html(app)
    assert "on us: 3 drawings" in html(app)
    assert "<b>4</b> read as <b>7</b>, 1×" in html(app)
    app.run()
    assert asked == [3]
    add(room, label=9)
    app.run()
    assert asked == [3, 1]
    assert "50.0\u2009%" in html(app)


def test_a_hidden_drawing_is_on_no_view(room, asked):
    room.hide(add(room, label=4, nickname="Mallory"))
    app = opened(board)
    assert "Nobody has drawn yet" in text(app)
    assert "no drawing here" in text(select_view(app, "MNIST and us"))
    assert "Mallory" not in html(select_view(app, "Leaderboards"))


def test_a_network_that_wakes_up_is_told(room, monkeypatch):
    def sleep(*_: object) -> None:
        raise EngineNotReady("It starts.")

    monkeypatch.setattr(Engine, "predict", sleep)
    add(room)
    assert "waking up" in text(select_view(opened(board), "MNIST and us"))


def test_leaders_are_named_and_names_are_no_html(room, asked, home_without_engine):
    made(home_without_engine, "<i>mine</i>", wrong=123, person="ada", epochs={2.5: 0.98})
    services.people().call("ada", "Ada")
    wrong = Answer(np.eye(10)[1] * 0.95 + 0.005, run="book", name="book")
    room.add(replace(SEVEN, label=None), DIGIT, wrong, source=FEEDBACK, person="ada", nickname="Ada")
    add(room, label=4)
    found = html(select_view(opened(board), "Leaderboards"))
    assert "<b>Ada</b> · &lt;i&gt;mine&lt;/i&gt;" in found
    assert "98.77%" in found
    assert "2.5 s" in found
    assert "4 read as 7" in found
    assert "95.50%" in found
    assert "world" not in found


def test_views_take_turns_and_whoever_chooses_one_sees_it_for_as_long(room, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(board_views.time, "time", lambda: now[0])
    app = opened(board)
    first, second, third = board_views.VIEWS
    assert view_of(app) == first
    now[0] += board_views.SECONDS_A_VIEW
    app.run()
    assert view_of(app) == second
    select_view(app, third)
    now[0] += board_views.SECONDS_A_VIEW - 1
    app.run()
    assert view_of(app) == third
    app.toggle(key=board_views.ROTATE).set_value(False).run()
    now[0] += 10 * board_views.SECONDS_A_VIEW
    app.run()
    assert view_of(app) == third


def test_an_open_drawing_that_was_taken_away_is_told(room):
    app = opened(board, **{board_views.OPENED: "gone"})
    assert "not in the room any more" in app.info[0].value
    app.button[0].click().run()
    assert "Nobody has drawn yet" in text(app)


def tour():
    from pages._workshop.tour import show_tour

    show_tour()


def test_the_tour_goes_on_step_by_step_and_the_address_holds_it(room):
    app = opened(tour)
    for step in STEPS:
        assert step.title in text(app)
        assert all(sentence in text(app) for sentence in (*step.say, *step.expect))
        following = next(button for button in app.button if button.label == "Next step")
        if step is not STEPS[-1]:
            app = following.click().run()
    assert following.disabled
    assert app.query_params[STEP] == "8"


@pytest.mark.parametrize(("asked_for", "title"), [("3", STEPS[2].title), ("0", STEPS[0].title), ("x²", STEPS[0].title)])
def test_a_link_opens_its_step_and_what_is_none_the_first(room, asked_for, title):
    app = app_of(tour)
    app.query_params[STEP] = asked_for
    assert title in text(app.run())
    assert not app.exception


def test_the_tour_fits_a_lesson_and_leads_to_pages_that_there_are():
    assert len(STEPS) == 8
    assert 40 <= total_minutes() <= 50
    assert all((PAGES / f"{step.page}.py").exists() for step in STEPS)
