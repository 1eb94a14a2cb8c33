"""What the Draw page has of the room, without a browser: telling, rounds, the room's drawings."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.digits.drawing import Drawing, rasterize
from mnist_core.digits.normalization import prepare
from mnist_core.engine.client import Engine
from mnist_core.engine.protocol import EngineNotReady
from mnist_core.room.drawings import FEEDBACK, IMPORT, ROUND, Drawings
from pages._shared import services
from pages._shared.identity import NICKNAME
from pages._shared.model_picker import KEY as MODEL
from tests.apps import app_of
from tests.drawn import add

SEVEN = Drawing((np.array([[90, 80], [180, 82], [160, 120], [130, 200]], float),))
OTHER = Drawing((*SEVEN.strokes, np.array([[110, 140], [170, 138]], float)))
NO_INK = Drawing(())


@pytest.fixture
def room(home_without_engine: Path, monkeypatch: pytest.MonkeyPatch) -> Drawings:
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    return services.room()


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


def error_boundary():
    import numpy as np
    import streamlit as st

    from mnist_core import settings
    from mnist_core.digits.drawing import rasterize
    from mnist_core.digits.normalization import prepare
    from mnist_core.runs import store
    from pages._draw.feedback import show_tell_it

    drawing = st.session_state["drawing"]
    probabilities = np.eye(10)[7] * 0.91 + 0.009
    show_tell_it(drawing, prepare(rasterize(drawing)).digit, probabilities, store.find("book", settings.home()))


def should_be(app: AppTest, digit: int) -> AppTest:
    app = app.get("button_group")[0].set_value(digit).run()
    assert not app.exception
    return app


def test_right_saves_the_drawing_with_what_was_read_once(room):
    app = press(opened(error_boundary, drawing=SEVEN, **{NICKNAME: "Ada *bold*"}), "Right")
    assert "Saved as 7, thank you" in text(app)
    app.run()
    (stored,) = room.newest(5)
    assert (stored.label, stored.answer, stored.run, stored.run_name) == (7, 7, "book", "book")
    assert (stored.nickname, stored.source) == ("Ada *bold*", FEEDBACK)
    assert stored.probabilities[7] == pytest.approx(0.919)
    np.testing.assert_array_equal(stored.digit, prepare(rasterize(SEVEN)).digit)


def test_one_click_says_what_it_should_have_been_and_another_corrects_it(room):
    app = should_be(opened(error_boundary, drawing=SEVEN), 1)
    assert "Saved as 1" in text(app)
    app = should_be(app, 2)
    assert "Saved as 2" in text(app)
    assert [(stored.label, stored.answer) for stored in room.newest(5)] == [(2, 7)]


def test_what_is_no_digit_is_saved_as_such_and_can_still_become_one(room):
    app = press(opened(error_boundary, drawing=SEVEN), "No digit")
    assert "Saved as no digit" in text(app)
    assert [glance.no_digit for glance in room.summaries()] == [True]
    assert room.labelled() == []
    assert "No digit, read as 7" in html(opened(looking))
    should_be(app, 2)
    assert [stored.label for stored in room.newest(5)] == [2]


def test_what_was_told_can_be_taken_back_and_told_again(room):
    app = press(press(opened(error_boundary, drawing=SEVEN), "Right"), "Take it back")
    assert room.newest(5) == []
    press(app, "Right")
    assert room.counts()[7] == 1


def test_another_stroke_starts_afresh(room):
    app = press(opened(error_boundary, drawing=SEVEN), "Right")
    app.session_state["drawing"] = OTHER
    app.run()
    assert "Saved" not in text(app)
    press(app, "Right")
    assert room.counts()[7] == 2


def test_a_stroke_asks_nothing_of_the_database(room, monkeypatch):
    app = opened(error_boundary, drawing=SEVEN)
    monkeypatch.setattr(services, "_database", None)
    app.session_state["drawing"] = OTHER
    app.run()
    assert not app.exception
    assert "Right" in {button.label for button in app.button}


def test_a_room_that_cannot_be_reached_is_told_where_one_clicked(room, monkeypatch, tmp_path):
    monkeypatch.setenv("DIGIT_LAB_DATABASE_URL", f"sqlite:///{tmp_path}/missing/room.db")
    app = press(opened(error_boundary, drawing=SEVEN), "Right")
    assert "cannot be opened" in app.error[0].value
    assert "Saved" not in text(app)


def test_a_nickname_is_remembered_for_the_session(room):
    app = opened(error_boundary, drawing=SEVEN)
    app.text_input[0].set_value(" Ada ").run()
    assert app.text_input[0].value == "Ada"
    press(app, "Right")
    assert room.newest(1)[0].nickname == "Ada"


def test_a_nickname_that_somebody_has_is_refused_where_it_was_asked_for(room):
    services.people().call("somebody else", "Ada")
    app = opened(error_boundary, drawing=SEVEN)
    app.text_input[0].set_value("ADA").run()
    assert "called ADA already" in app.error[0].value
    press(app, "Right")
    assert room.newest(1)[0].nickname is None


def test_who_comes_back_is_known_by_the_browsers_key(room, monkeypatch):
    monkeypatch.setattr("pages._shared.identity.unmasked", lambda cookie: b"the key of this browser")
    opened(error_boundary, drawing=SEVEN).text_input[0].set_value("Ada").run()
    press(opened(error_boundary, drawing=SEVEN), "Right")
    assert room.newest(1)[0].nickname == "Ada"


def own():
    from pages._shared.my_data import show_yours

    show_yours()


def test_ones_own_drawings_are_shown_and_deleted_one_by_one_or_all(room, monkeypatch):
    monkeypatch.setattr("pages._shared.identity.unmasked", lambda cookie: b"the key of this browser")
    add(room, person="somebody else")
    assert "no drawing of yours" in text(opened(own))
    for drawing in (SEVEN, OTHER):
        press(opened(error_boundary, drawing=drawing), "Right")
    room.hide(room.newest(1)[0].id)
    app = opened(own)
    assert "Your 2 drawings" in text(app)
    assert "hidden by the host" in html(app)
    assert "Your drawing**" in text(press(app, "Delete"))
    app = opened(own)
    app.text_input[0].set_value("Ada").run()
    (mine,) = {stored.person for stored in room.newest(5)} - {"somebody else"}
    services.votes().vote(947, 9, person=mine)
    app = opened(own)
    app.checkbox[0].check().run()
    press(app, "Delete my nickname, 1 drawing and 1 vote")
    assert not services.votes().counts([947]).any()
    assert [stored.person for stored in room.newest(5)] == ["somebody else"]
    assert services.people().call("somebody else", "Ada") == "Ada"


def playing():
    from pages._draw.ten_digits_tab import show_rounds

    show_rounds()


@pytest.fixture
def reads(room: Drawings, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The digits that the network will read; AppTest has no canvas, so each is the same drawing."""
    answers: list[int] = []
    monkeypatch.setattr(Engine, "classify", lambda self, run, digits: np.eye(10, dtype=np.float32)[[answers.pop(0)]])
    opened(playing)  # the canvas can be imported by a running app only
    monkeypatch.setattr("pages._draw.ten_digits_tab.draw_on_canvas", lambda name: SEVEN)
    return answers


def asked(app: AppTest) -> int:
    return int(re.search(r"Draw an? (\d)", text(app)).group(1))


def test_a_round_asks_for_each_digit_once_and_counts_what_was_read_right(room, reads):
    app, order = opened(playing, **{MODEL: "book"}), []
    for number in range(10):
        order.append(asked(app))
        wrong = (order[0] + 1) % 10
        reads.append(order[-1] if number else wrong)
        app = press(app, "Done")
        if number < 9:
            told = app.get("progress")[0].proto.text
            assert re.search(f"Your {order[-1]} was read as an? {order[-1] if number else wrong}", told)
    assert sorted(order) == list(range(10))
    assert "9 of 10 read right" in text(app)
    assert f"{order[0]}, read as {wrong}" in html(app)
    assert html(app).count("<img") == 10
    assert room.counts().tolist() == [1] * 10
    assert {stored.source for stored in room.newest(10)} == {ROUND}
    assert "Draw a" in text(press(app, "Another round"))


def test_a_blank_canvas_is_asked_for_ink_and_not_saved(room, reads, monkeypatch):
    monkeypatch.setattr("pages._draw.ten_digits_tab.draw_on_canvas", lambda name: NO_INK)
    app = press(opened(playing, **{MODEL: "book"}), "Done")
    assert "The canvas is blank" in app.info[0].value
    assert room.newest(1) == []


def test_a_round_waits_for_a_network_that_wakes_up(room, reads, monkeypatch):
    def sleep(*_: object) -> None:
        raise EngineNotReady("It starts.")

    monkeypatch.setattr(Engine, "classify", sleep)
    app = opened(playing, **{MODEL: "book"})
    digit = asked(app)
    app = press(app, "Done")
    assert "waking up" in app.info[0].value
    assert asked(app) == digit
    assert room.newest(1) == []


def test_a_round_goes_on_only_when_the_drawing_was_saved(room, reads, monkeypatch, tmp_path):
    monkeypatch.setenv("DIGIT_LAB_DATABASE_URL", f"sqlite:///{tmp_path}/missing/room.db")
    app = opened(playing, **{MODEL: "book"})
    reads.append(asked(app))
    app = press(app, "Done")
    assert "cannot be opened" in app.error[0].value


def looking():
    from pages._draw.room_tab import show_room_drawings

    show_room_drawings()


def given(app: AppTest, content: bytes) -> AppTest:
    app = app.file_uploader[0].upload("pens.json", content, "application/json").run()
    assert not app.exception
    return app


def test_an_empty_room_says_how_to_fill_it(room):
    assert "no drawings yet" in opened(looking).info[0].value


def test_the_rooms_drawings_are_counted_and_shown_with_what_they_were_read_as(room):
    app = opened(error_boundary, drawing=SEVEN, **{NICKNAME: "<b>Ada</b>"})
    should_be(app, 1)
    app = opened(looking)
    assert "1 drawing with its digit" in text(app)
    assert "1, read as 7\n&lt;b&gt;Ada&lt;/b&gt;" in html(app)


def test_a_file_is_imported_once_and_its_faults_are_told(room):
    values = [{"label": label, "strokes": [[[20, 20], [99, 200]]], "writer": "w"} for label in (3, 4)]
    app = given(opened(looking), json.dumps(values).encode())
    assert app.success[0].value.startswith("2 drawings added")
    assert "4, imported\nw" in html(app)
    app = given(app, json.dumps(values).encode())
    assert "2 were here already" in app.success[0].value
    app = given(app, json.dumps([*values, {"label": 3}]).encode())
    assert "Drawing 3 in pens" in app.error[0].value
    assert "Nothing was imported" in app.error[0].value
    assert {stored.source for stored in room.newest(5)} == {IMPORT}
    assert len(room.newest(5)) == 2


def test_a_damaged_room_is_told_in_its_place(room, home_without_engine):
    (home_without_engine / "room.db").write_bytes(b"no database at all " * 100)
    assert "is no database" in opened(looking).error[0].value
