"""Tests of the board and the guided tour without a browser; tests/browser covers clicks on the wall."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.engine.client import EngineClient
from mnist_core.engine.shared import EngineNotReady
from mnist_core.figures.colours import TEST_COLOUR
from mnist_core.predictions import DigitPrediction, Prediction
from mnist_core.room.drawings import FEEDBACK, Drawings
from pages._shared import services
from pages._shared.model_picker import MODEL_KEY as MODEL
from pages._workshop.board import board as board_views
from pages._workshop.board.accuracy import matrix_html
from pages._workshop.tour import STEP_KEY, total_minutes
from pages._workshop.tour_steps import STEPS
from tests.apps import app_of
from tests.drawn import DIGIT, SEVEN, add
from tests.runs.test_leaderboards import finished_run

PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture
def room(home_without_engine: Path, monkeypatch: pytest.MonkeyPatch) -> Drawings:
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    return services.stored_drawings()


@pytest.fixture
def batch_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of drawings in each prediction request; a fake engine predicts 7 for all."""
    requested_sizes: list[int] = []

    def read(_: EngineClient, __: object, digits: np.ndarray) -> Prediction:
        requested_sizes.append(len(digits))
        return Prediction(np.eye(10, dtype=np.float32)[[7] * len(digits)], None)

    monkeypatch.setattr(EngineClient, "predict", read)
    return requested_sizes


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
    app.button_group[0].set_value(next(view for view in board_views.VIEWS if name in view)).run()
    assert not app.exception
    return app


def view_of(app: AppTest) -> str:
    return app.button_group[0].value


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.info, *app.header])


def test_the_board_of_an_empty_room_says_that_nobody_has_drawn(room):
    assert "Nobody has drawn yet" in text(opened(board))


def test_each_drawing_is_sent_to_the_engine_only_once(room, batch_sizes):
    for label in (7, 7, 4):
        add(room, label=label)
    app = select_view(opened(board), "MNIST and us")
    assert "98.2\u2009%" in html(app)
    assert "66.7\u2009%" in html(app)
    assert "on us: 3 drawings" in html(app)
    assert "<b>4</b> read as <b>7</b>, 1×" in html(app)
    app.run()
    assert batch_sizes == [3]
    add(room, label=9)
    app.run()
    assert batch_sizes == [3, 1]
    assert "50.0\u2009%" in html(app)


def test_the_matrix_of_the_board_has_the_common_tints():
    counts = np.diag(np.full(10, 30))
    counts[3, 3], counts[4, 9], counts[7, 2] = 0, 16, 4
    styles = [cell.partition('"')[0] for cell in matrix_html(counts).split('<td style="')[1:]]
    assert len(styles) == 100
    assert styles[33] == styles[0] == "background: color-mix(in srgb, currentColor 13%, transparent)"
    assert styles[49] == f"background: color-mix(in srgb, {TEST_COLOUR} 80%, transparent)"
    assert styles[72] == f"background: color-mix(in srgb, {TEST_COLOUR} 40%, transparent)"
    assert styles[1] == "color: #8888"


def test_a_hidden_drawing_is_in_no_view_of_the_board(room, batch_sizes):
    room.hide(add(room, label=4, nickname="Mallory"))
    app = opened(board)
    assert "Nobody has drawn yet" in text(app)
    assert "no drawing here" in text(select_view(app, "MNIST and us"))
    assert "Mallory" not in html(select_view(app, "Leaderboards"))


def test_the_board_says_when_the_engine_is_starting(room, monkeypatch):
    def not_ready(*_: object) -> None:
        raise EngineNotReady("It starts.")

    monkeypatch.setattr(EngineClient, "predict", not_ready)
    add(room)
    assert "waking up" in text(select_view(opened(board), "MNIST and us"))


def test_the_leaderboards_show_names_with_html_escaped(room, batch_sizes, home_without_engine):
    finished_run(home_without_engine, "<i>mine</i>", wrong=123, person="ada", epochs={2.5: 0.98})
    services.people().set_nickname("ada", "Ada")
    wrong = DigitPrediction(np.eye(10)[1] * 0.95 + 0.005, run="book", name="book")
    room.add(replace(SEVEN, label=None), DIGIT, wrong, source=FEEDBACK, person="ada", nickname="Ada")
    add(room, label=4)
    shown = html(select_view(opened(board), "Leaderboards"))
    assert "<b>Ada</b> · &lt;i&gt;mine&lt;/i&gt;" in shown
    assert "98.77%" in shown
    assert "2.5 s" in shown
    assert "4 read as 7" in shown
    assert "95.50%" in shown
    assert "world" not in shown


def test_views_rotate_and_a_chosen_view_stays_for_a_full_interval(room, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(board_views.time, "time", lambda: now[0])
    app = opened(board)
    first, second, third = board_views.VIEWS
    assert view_of(app) == first
    now[0] += board_views.SECONDS_PER_VIEW
    app.run()
    assert view_of(app) == second
    select_view(app, third)
    now[0] += board_views.SECONDS_PER_VIEW - 1
    app.run()
    assert view_of(app) == third
    app.toggle(key=board_views.ROTATE_KEY).set_value(False).run()
    now[0] += 10 * board_views.SECONDS_PER_VIEW
    app.run()
    assert view_of(app) == third


def test_an_opened_drawing_that_was_deleted_shows_a_message(room):
    app = opened(board, **{board_views.OPENED_KEY: "gone"})
    assert "not in the room any more" in app.info[0].value
    app.button[0].click().run()
    assert "Nobody has drawn yet" in text(app)


def tour():
    from pages._workshop.tour import show_tour

    show_tour()


def test_the_tour_advances_step_by_step_and_stores_the_step_in_the_url(room):
    app = opened(tour)
    for step in STEPS:
        assert step.title in text(app)
        assert all(sentence in text(app) for sentence in (*step.say, *step.expect))
        next_button = next(button for button in app.button if button.label == "Next step")
        if step is not STEPS[-1]:
            app = next_button.click().run()
    assert next_button.disabled
    assert app.query_params[STEP_KEY] == "8"


@pytest.mark.parametrize(
    ("value", "title"),
    [("3", STEPS[2].title), ("0", STEPS[0].title), ("x²", STEPS[0].title), (5_000 * "9", STEPS[0].title)],
)
def test_a_step_in_the_url_opens_it_and_an_invalid_one_opens_the_first(room, value, title):
    app = app_of(tour)
    app.query_params[STEP_KEY] = value
    assert title in text(app.run())
    assert not app.exception


def test_the_tour_takes_40_to_50_minutes_and_links_to_existing_pages():
    assert len(STEPS) == 8
    assert 40 <= total_minutes() <= 50
    assert all((PAGES / f"{step.page}.py").exists() for step in STEPS)
