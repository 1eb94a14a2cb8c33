"""Tests of the host's view of the Workshop page without a browser: login, room, queue, drawings, backup."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import RunConfig
from mnist_core.engine import queue
from mnist_core.engine.client import EngineClient
from mnist_core.host.actions import HostActions
from mnist_core.host.auth import FREE_ATTEMPTS, HostToken
from mnist_core.host.network_addresses import Address
from mnist_core.host.preflight import Check
from mnist_core.predictions import Prediction
from mnist_core.runs import store
from mnist_core.runs.status import CANCELLED
from mnist_core.settings import HOST_PASSWORD
from pages._shared import services
from pages._shared.model_picker import MODEL_KEY as MODEL
from pages._workshop.board.board import OPENED_KEY
from pages._workshop.host import login
from tests.apps import new_app, open_page
from tests.drawn import SEVEN, add

VIEWS = ["The room's board", "Guided tour"]
PASSWORD = "chosen for the test"


@pytest.fixture
def home(home_without_engine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    monkeypatch.setenv(HOST_PASSWORD, PASSWORD)
    services._authenticator.cache_clear()  # failed logins of other tests would delay this one
    return home_without_engine


def opened(page: str, **query: str) -> AppTest:
    app = new_app()
    for key, value in query.items():
        app.query_params[key] = value
    return checked(open_page(app, page).run())


def workshop(**query: str) -> AppTest:
    return opened("workshop", **query)


def host_view(tab: str = "Join") -> AppTest:
    app = authenticate(workshop())
    app.session_state["host-tab"] = tab
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    return checked(next(button for button in app.button if button.label == label).click().run())


def authenticate(app: AppTest, password: str = PASSWORD) -> AppTest:
    next(field for field in app.text_input if field.label == "The host's password").set_value(password)
    return press(app, "Open the host's desk")


def views(app: AppTest) -> list[str]:
    return list(app.get("button_group")[0].options)


def errors(app: AppTest) -> str:
    return "\n".join(error.value for error in app.error).replace("\\", "")


def text(app: AppTest) -> str:
    elements = [*app.markdown, *app.info, *app.success, *app.warning]
    return "\n".join(element.value for element in elements).replace("\\", "")  # remove Markdown escapes of user input


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def test_the_password_opens_the_hosts_view_and_closing_it_removes_the_session_key(home):
    app = workshop()
    assert views(app) == VIEWS
    app = authenticate(app)
    assert views(app) == [*VIEWS, "Host's desk"]
    assert app.query_params["view"] == "desk"
    app = press(app, "Close the desk")
    assert views(app) == VIEWS
    assert login.TOKEN_KEY not in app.session_state


def test_a_wrong_password_is_rejected_and_several_delay_further_attempts(home):
    app = workshop()
    for _ in range(FREE_ATTEMPTS):
        app = authenticate(app, "guessed")
        assert "not the host's password" in errors(app)
    app = authenticate(app)
    assert "Too many wrong passwords" in errors(app)
    assert views(app) == VIEWS


@pytest.mark.parametrize("forged", [None, "host", True, HostToken(b""), HostToken(PASSWORD.encode())])
def test_a_url_or_a_forged_token_does_not_open_the_hosts_view(home, forged):
    app = workshop(view="desk", host="yes")
    app.session_state[login.TOKEN_KEY] = forged
    app = checked(app.run())
    assert views(app) == VIEWS
    assert "view" not in app.query_params


def test_a_damaged_password_file_shows_an_error_and_the_board(home, monkeypatch):
    monkeypatch.delenv(HOST_PASSWORD)
    (home / "host-password").write_bytes(b"")
    app = authenticate(workshop(), "")
    assert "holds no password" in errors(app)
    assert views(app) == VIEWS


def test_the_join_tab_shows_the_url_a_qr_code_and_the_number_of_people(home, monkeypatch):
    monkeypatch.setattr("pages._workshop.host.join.addresses", lambda: [Address("wlan0", "192.168.1.20")])
    app = host_view()
    assert "http://192.168.1.20:8501" in html(app)
    assert 'alt="QR code of the address"' in html(app)
    assert "Nobody else is in" in text(app)
    opened("home")
    app = checked(app.run())
    assert "**1 person is in**" in app.success[0].value


def test_the_join_tab_offers_several_networks_and_shows_an_error_without_one(home, monkeypatch):
    interfaces = [Address("wlan0", "192.168.1.20"), Address("eth0", "10.0.0.7")]
    monkeypatch.setattr("pages._workshop.host.join.addresses", lambda: interfaces)
    app = host_view()
    app = checked(app.selectbox(key="join-network").set_value("http://10.0.0.7:8501").run())
    assert "http://10.0.0.7:8501</div>" in html(app)
    interfaces.clear()
    assert "no network" in errors(checked(app.run()))


def test_a_new_visitor_gets_the_pinned_network_unless_the_url_names_another(home):
    app = host_view("The room")
    app.selectbox(key="pin-").set_value("book")
    checked(app.run())
    assert services.room_state().pinned == "book"
    assert opened("draw").session_state[MODEL] == "book"
    assert opened("draw", model="world").session_state[MODEL] == "book"
    services.host_actions(services.authenticator().authenticate(PASSWORD)).pin("world")
    assert opened("draw", model="book").session_state[MODEL] == "book"


def test_a_new_pin_switches_present_visitors_who_can_then_choose_another_network(home):
    app = opened("draw")
    assert app.session_state[MODEL] == "world"
    services.host_actions(services.authenticator().authenticate(PASSWORD)).pin("book")
    app = checked(app.run())
    assert app.session_state[MODEL] == "book"
    assert "The host has chosen book for everyone" in app.toast[0].value
    app.session_state[MODEL] = "world"
    assert checked(app.run()).session_state[MODEL] == "world"


def test_while_drawing_is_paused_the_draw_page_shows_a_message_and_no_canvas(home):
    app = press(host_view("The room"), "Pause drawing")
    assert "nobody can draw" in text(app)
    drawing = opened("draw")
    assert "The host has paused drawing" in text(drawing)
    assert not drawing.get("button_group")
    press(app, "Let all draw again")
    assert "paused" not in text(opened("draw"))


def test_the_predictions_of_a_round_are_hidden_until_the_host_reveals_them(home, monkeypatch):
    monkeypatch.setattr(
        EngineClient, "predict", lambda self, run, digits: Prediction(np.eye(10, dtype=np.float32)[[9]], None)
    )
    opened("draw")  # only a running app can import the canvas
    monkeypatch.setattr("pages._draw.group_round.draw_on_canvas", lambda name: SEVEN)
    app = press(host_view("The room"), "Have all draw a 4")
    assert "**0** handed in" in text(app)
    ada = opened("draw")
    assert "### Draw a 4" in text(ada)
    ada = press(ada, "Done")
    assert "handed in" in text(ada)
    assert "9" not in text(ada)
    board = workshop()
    assert "Draw a 4" in html(board)
    assert "1 handed in" in html(board)
    assert "<img" not in html(ada) + html(board)
    app = press(checked(app.run()), "Reveal the answers")
    assert "0 of 1 read as a 4" in text(app)
    assert "0 of 1 read as a 4" in text(workshop())
    ada = checked(open_page(ada, "draw").run())
    assert "Your 4, read as 9" in text(ada)
    assert views(press(ada, "Draw on your own"))[0].endswith("Canvas")
    press(app, "End the round")
    assert views(opened("draw"))[0].endswith("Canvas")
    assert services.stored_drawings().counts()[4] == 1


def test_the_host_sees_the_queue_cancels_runs_and_moves_one_to_the_front(home):
    first, second = (store.create(RunConfig(name=f"*{name}*", person="ada"), home) for name in ("one", "two"))
    services.people().set_nickname("ada", "Ada")
    app = host_view("Trainings")
    assert "1. *one* · Ada" in text(app)
    app = checked(app.button(key=f"first-{second.id}").click().run())
    assert [each.run for each in queue.waiting(home)] == [second, first]
    for run in (first, second):
        app = checked(app.button(key=f"host-cancel-{run.id}").click().run())
    assert "Nothing is being trained" in text(app)
    assert {run.read_status().state for run in (first, second)} == {CANCELLED}


def test_the_host_sees_why_runs_are_damaged_and_moves_them_away(home):
    app = host_view("Trainings")
    assert "damaged" not in text(app)
    run = store.create(RunConfig(name="mine"), home)
    (run.path / "config.json").write_text('{"*name*": 1}')
    app = checked(app.run())
    assert "Nothing is being trained" in text(app)
    assert f"- The run {run.id} cannot be read: config.json" in text(app)
    app = press(app, "Move them to lab/damaged")
    assert "damaged" not in text(app)
    assert [path.name for path in (home / "damaged").iterdir()] == [run.id]


def test_the_host_broadcasts_a_training_and_stops_it(home):
    store.create(RunConfig(name="somebody's"), home)
    app = press(host_view("Trainings"), "Train it for all")
    assert [run.config.name for run in queue.waiting(home)] == ["express, for all", "somebody's"]
    assert "express, for all" in text(workshop())
    assert "The host shows a training: **express, for all**" in text(opened("draw"))
    assert "The host shows" not in text(opened("train", run=services.room_state().watched))
    app = press(app, "Show it no more")
    assert "The host shows" not in text(opened("draw"))
    app = press(app, "Show to all")
    assert services.room_state().watched is not None


def test_the_host_hides_a_drawing_and_shows_it_again(home):
    drawing_id = add(services.stored_drawings(), nickname="Mallory")
    app = host_view("Drawings")
    assert "Mallory" in html(app)
    app = checked(app.button(key=f"hide-{drawing_id}").click().run())
    assert services.stored_drawings().newest(5) == []
    assert "Hidden" in text(app)
    app = checked(app.button(key=f"show-{drawing_id}").click().run())
    assert len(services.stored_drawings().newest(5)) == 1
    assert "Hidden" not in text(app)


def test_only_the_host_can_hide_a_drawing_opened_on_the_board(home):
    drawing_id = add(services.stored_drawings())
    visitor, app = workshop(), authenticate(workshop())
    app.get("button_group")[0].set_value("board").run()
    for board in (visitor, app):
        board.session_state[OPENED_KEY] = drawing_id
        checked(board.run())
    assert "Hide it" not in [button.label for button in visitor.button]
    press(app, "Hide it")
    assert services.stored_drawings().newest(5) == []


def test_the_host_exports_everything_resets_the_room_and_imports_the_export(home, monkeypatch):
    monkeypatch.setattr(EngineClient, "wait", lambda self: None)
    add(services.stored_drawings())
    app = press(host_view("Keep and reset"), "Export everything")
    assert "Everything is in room-" in text(app)
    app.text_input(key="reset-typed").set_value("yes")
    app = press(app, "Reset the room")
    assert "Nothing was deleted" in errors(app)
    app.text_input(key="reset-typed").set_value("reset the room")
    app = press(app, "Reset the room")
    assert "The room is empty" in text(app)
    assert services.stored_drawings().newest(5) == []
    app = press(app, "Bring in")
    assert "2 files were taken in." in text(app)
    assert len(services.stored_drawings().newest(5)) == 1


def test_importing_a_file_that_is_no_zip_shows_an_error(home, monkeypatch):
    monkeypatch.setattr(EngineClient, "wait", lambda self: None)
    app = host_view("Keep and reset")
    app = checked(app.file_uploader[0].upload("theirs.zip", b"no zip", "application/zip").run())
    app = press(app, "Bring it in")
    assert "0 files were taken in. It cannot be read as a zip" in errors(app)


def test_the_preflight_shows_success_or_what_to_do(home, monkeypatch):
    checks = [Check("Disk", True, "9 GB free"), Check("Memory", True, "9 GB free")]
    monkeypatch.setattr(HostActions, "preflight", lambda self, engine, canvas: iter(checks))
    app = press(host_view("Preflight"), "Check everything")
    assert "Everything works" in text(app)
    checks[1] = Check("Memory", False, "Close other programs.")
    app = press(app, "Check everything")
    assert "Memory: Close other programs." in text(app).replace("*", "")
    assert "Memory: do what the line says" in errors(app)
    assert "Disk" in text(checked(app.run()))
