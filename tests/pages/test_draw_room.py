"""Tests of the Draw page without a browser: feedback, ten digits, own data and the room's drawings."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.digits.drawing import Drawing
from mnist_core.engine.client import EngineClient
from mnist_core.engine.shared import EngineNotReady
from mnist_core.predictions import Prediction
from mnist_core.room.drawings import FEEDBACK, IMPORT, ROUND, Drawings
from pages._shared import services
from pages._shared.identity import NICKNAME_KEY
from pages._shared.model_picker import MODEL_KEY as MODEL
from tests.apps import app_of
from tests.drawn import add

SEVEN = Drawing((np.array([[90, 80], [180, 82], [160, 120], [130, 200]], float),))
OTHER = Drawing((*SEVEN.strokes, np.array([[110, 140], [170, 138]], float)))
NO_INK = Drawing(())


@pytest.fixture
def room(home_without_engine: Path, monkeypatch: pytest.MonkeyPatch) -> Drawings:
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    return services.stored_drawings()


def opened(page, **session) -> AppTest:
    app = app_of(page)
    for key, value in session.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    elements = [*app.markdown, *app.info, *app.success, *app.warning, *app.error]
    return "\n".join(element.value for element in elements)


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def press(app: AppTest, label: str) -> AppTest:
    app = next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def feedback_panel():
    import numpy as np
    import streamlit as st

    from mnist_core.predictions import DigitPrediction
    from pages._draw.feedback import show_feedback

    drawing, typicality = st.session_state["drawing"], st.session_state.get("typicality")
    prediction = DigitPrediction(np.eye(10)[7] * 0.91 + 0.009, "book", "book", typicality)
    show_feedback(drawing, drawing.to_digit(), prediction)


def choose_label(app: AppTest, digit: int) -> AppTest:
    app = app.get("button_group")[0].set_value(digit).run()
    assert not app.exception
    return app


def test_right_saves_the_drawing_with_the_prediction_once(room):
    app = press(opened(feedback_panel, drawing=SEVEN, **{NICKNAME_KEY: "Ada *bold*"}), "Right")
    assert "Saved as 7, thank you" in text(app)
    app.run()
    (stored,) = room.newest(5)
    assert (stored.label, stored.answer, stored.run, stored.run_name) == (7, 7, "book", "book")
    assert (stored.nickname, stored.source) == ("Ada *bold*", FEEDBACK)
    assert stored.probabilities[7] == pytest.approx(0.919)
    np.testing.assert_array_equal(stored.digit, SEVEN.to_digit())


def test_choosing_a_label_saves_the_drawing_and_another_label_corrects_it(room):
    app = choose_label(opened(feedback_panel, drawing=SEVEN), 1)
    assert "Saved as 1" in text(app)
    app = choose_label(app, 2)
    assert "Saved as 2" in text(app)
    assert [(stored.label, stored.answer) for stored in room.newest(5)] == [(2, 7)]


def test_no_digit_saves_the_drawing_without_a_label_which_can_be_added_later(room):
    app = press(opened(feedback_panel, drawing=SEVEN), "No digit")
    assert "Saved as no digit" in text(app)
    assert [summary.no_digit for summary in room.summaries()] == [True]
    assert room.labelled() == []
    assert "No digit, read as 7" in html(opened(room_tab))
    choose_label(app, 2)
    assert [stored.label for stored in room.newest(5)] == [2]


def test_right_below_a_rejection_saves_the_drawing_as_no_digit(room):
    app = opened(feedback_panel, drawing=SEVEN, typicality=0.002)
    assert "No digit" not in {button.label for button in app.button}
    app = press(app, "Right")
    assert "Saved as no digit" in text(app)
    assert [stored.label for stored in room.newest(5)] == [None]


def test_a_saved_drawing_can_be_taken_back_and_saved_again(room):
    app = press(press(opened(feedback_panel, drawing=SEVEN), "Right"), "Take it back")
    assert room.newest(5) == []
    press(app, "Right")
    assert room.counts()[7] == 1


def test_another_stroke_makes_a_new_drawing(room):
    app = press(opened(feedback_panel, drawing=SEVEN), "Right")
    app.session_state["drawing"] = OTHER
    app.run()
    assert "Saved" not in text(app)
    press(app, "Right")
    assert room.counts()[7] == 2


def test_a_stroke_does_not_use_the_database(room, monkeypatch):
    app = opened(feedback_panel, drawing=SEVEN)
    monkeypatch.setattr(services, "_database", None)
    app.session_state["drawing"] = OTHER
    app.run()
    assert not app.exception
    assert "Right" in {button.label for button in app.button}


def test_a_database_that_cannot_be_opened_shows_an_error_after_the_click(room, monkeypatch, tmp_path):
    monkeypatch.setenv("DIGIT_LAB_DATABASE_URL", f"sqlite:///{tmp_path}/missing/room.db")
    app = press(opened(feedback_panel, drawing=SEVEN), "Right")
    assert "cannot be opened" in app.error[0].value
    assert "Saved" not in text(app)


def test_a_nickname_is_kept_and_saved_with_the_drawing(room):
    app = opened(feedback_panel, drawing=SEVEN)
    app.text_input[0].set_value(" Ada ").run()
    assert app.text_input[0].value == "Ada"
    press(app, "Right")
    assert room.newest(1)[0].nickname == "Ada"


def test_a_nickname_of_another_person_shows_an_error_at_the_field(room):
    services.people().set_nickname("somebody else", "Ada")
    app = opened(feedback_panel, drawing=SEVEN)
    app.text_input[0].set_value("ADA").run()
    assert "called ADA already" in app.error[0].value
    press(app, "Right")
    assert room.newest(1)[0].nickname is None


def test_a_returning_visitor_has_their_nickname_by_the_browsers_cookie(room, monkeypatch):
    monkeypatch.setattr("pages._shared.identity.browser_token", lambda: b"the key of this browser")
    opened(feedback_panel, drawing=SEVEN).text_input[0].set_value("Ada").run()
    press(opened(feedback_panel, drawing=SEVEN), "Right")
    assert room.newest(1)[0].nickname == "Ada"


def my_data_panel():
    from pages._shared.my_data import show_my_data

    show_my_data()


def test_a_visitor_sees_own_drawings_and_deletes_one_or_all(room, monkeypatch):
    monkeypatch.setattr("pages._shared.identity.browser_token", lambda: b"the key of this browser")
    add(room, person="somebody else")
    assert "no drawing of yours" in text(opened(my_data_panel))
    for drawing in (SEVEN, OTHER):
        press(opened(feedback_panel, drawing=drawing), "Right")
    room.hide(room.newest(1)[0].id)
    app = opened(my_data_panel)
    assert "Your 2 drawings" in text(app)
    assert "hidden by the host" in html(app)
    assert "Your drawing**" in text(press(app, "Delete"))
    app = opened(my_data_panel)
    app.text_input[0].set_value("Ada").run()
    (person,) = {stored.person for stored in room.newest(5)} - {"somebody else"}
    services.votes().vote(947, 9, person=person)
    app = opened(my_data_panel)
    app.checkbox[0].check().run()
    press(app, "Delete my nickname, 1 drawing and 1 vote")
    assert not services.votes().counts([947]).any()
    assert [stored.person for stored in room.newest(5)] == ["somebody else"]
    assert services.people().set_nickname("somebody else", "Ada") == "Ada"


def ten_digits_tab():
    from pages._draw.ten_digits_tab import show_ten_digits_tab

    show_ten_digits_tab()


@pytest.fixture
def predicted_digits(room: Drawings, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The digits that a fake network predicts, in this order; every drawing is the same, as AppTest has no canvas."""
    remaining: list[int] = []

    def predict(*_: object) -> Prediction:
        return Prediction(np.eye(10, dtype=np.float32)[[remaining.pop(0)]], None)

    monkeypatch.setattr(EngineClient, "predict", predict)
    opened(ten_digits_tab)  # only a running app can import the canvas
    monkeypatch.setattr("pages._draw.ten_digits_tab.draw_on_canvas", lambda name: SEVEN)
    return remaining


def requested_digit(app: AppTest) -> int:
    return int(re.search(r"Draw an? (\d)", text(app)).group(1))


def test_ten_digits_requests_each_digit_once_and_counts_the_correct_predictions(room, predicted_digits):
    app, order = opened(ten_digits_tab, **{MODEL: "book"}), []
    for number in range(10):
        order.append(requested_digit(app))
        wrong = (order[0] + 1) % 10
        predicted_digits.append(order[-1] if number else wrong)
        app = press(app, "Done")
        if number < 9:
            progress_text = app.get("progress")[0].proto.text
            assert re.search(f"Your {order[-1]} was read as an? {order[-1] if number else wrong}", progress_text)
    assert sorted(order) == list(range(10))
    assert "9 of 10 read right" in text(app)
    assert f"{order[0]}, read as {wrong}" in html(app)
    assert html(app).count("<img") == 10
    assert room.counts().tolist() == [1] * 10
    assert {stored.source for stored in room.newest(10)} == {ROUND}
    assert "Draw a" in text(press(app, "Another round"))


def test_a_blank_canvas_shows_a_message_and_is_not_saved(room, predicted_digits, monkeypatch):
    monkeypatch.setattr("pages._draw.ten_digits_tab.draw_on_canvas", lambda name: NO_INK)
    app = press(opened(ten_digits_tab, **{MODEL: "book"}), "Done")
    assert "The canvas is blank" in app.info[0].value
    assert room.newest(1) == []


def test_ten_digits_stays_at_its_digit_while_the_engine_starts(room, predicted_digits, monkeypatch):
    def not_ready(*_: object) -> None:
        raise EngineNotReady("It starts.")

    monkeypatch.setattr(EngineClient, "predict", not_ready)
    app = opened(ten_digits_tab, **{MODEL: "book"})
    digit = requested_digit(app)
    app = press(app, "Done")
    assert "waking up" in app.info[0].value
    assert requested_digit(app) == digit
    assert room.newest(1) == []


def test_ten_digits_shows_an_error_when_the_drawing_cannot_be_saved(room, predicted_digits, monkeypatch, tmp_path):
    monkeypatch.setenv("DIGIT_LAB_DATABASE_URL", f"sqlite:///{tmp_path}/missing/room.db")
    app = opened(ten_digits_tab, **{MODEL: "book"})
    predicted_digits.append(requested_digit(app))
    app = press(app, "Done")
    assert "cannot be opened" in app.error[0].value


def room_tab():
    from pages._draw.room_tab import show_room_tab

    show_room_tab()


def upload(app: AppTest, content: bytes) -> AppTest:
    app = app.file_uploader[0].upload("pens.json", content, "application/json").run()
    assert not app.exception
    return app


def test_the_room_tab_says_that_there_are_no_drawings(room):
    assert "no drawings yet" in opened(room_tab).info[0].value


def test_the_room_tab_counts_the_drawings_and_shows_their_predictions(room):
    app = opened(feedback_panel, drawing=SEVEN, **{NICKNAME_KEY: "<b>Ada</b>"})
    choose_label(app, 1)
    app = opened(room_tab)
    assert "1 drawing with its digit" in text(app)
    assert "1, read as 7\n&lt;b&gt;Ada&lt;/b&gt;" in html(app)


def test_a_file_is_imported_once_and_a_malformed_one_shows_an_error(room):
    values = [{"label": label, "strokes": [[[20, 20], [99, 200]]], "writer": "w"} for label in (3, 4)]
    app = upload(opened(room_tab), json.dumps(values).encode())
    assert app.success[0].value.startswith("2 drawings added")
    assert "4, imported\nw" in html(app)
    app = upload(app, json.dumps(values).encode())
    assert "2 were here already" in app.success[0].value
    app = upload(app, json.dumps([*values, {"label": 3}]).encode())
    assert "Drawing 3 in pens" in app.error[0].value
    assert "Nothing was imported" in app.error[0].value
    assert {stored.source for stored in room.newest(5)} == {IMPORT}
    assert len(room.newest(5)) == 2


def test_a_damaged_database_shows_an_error_in_the_room_tab(room, home_without_engine):
    (home_without_engine / "room.db").write_bytes(b"no database at all " * 100)
    assert "is no database" in opened(room_tab).error[0].value
