"""The host's desk, without a browser: the password opens it, and nobody else has anything of it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.room.host import FREE_TRIES, SETTING, Host
from pages._parts import host_door, lab

APP = str(Path(__file__).parents[1] / "app.py")
VIEWS = ["The room's board", "Guided tour"]
PASSWORD = "chosen for the test"


@pytest.fixture
def home(home_without_engine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    monkeypatch.setenv(SETTING, PASSWORD)
    lab._door.cache_clear()  # what other tests tried in vain would have this one wait
    return home_without_engine


def workshop(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return checked(app.switch_page("pages/workshop.py").run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    return checked(next(button for button in app.button if button.label == label).click().run())


def enter(app: AppTest, password: str = PASSWORD) -> AppTest:
    next(field for field in app.text_input if field.label == "The host's password").set_value(password)
    return press(app, "Open the host's desk")


def views(app: AppTest) -> list[str]:
    return list(app.get("button_group")[0].options)


def errors(app: AppTest) -> str:
    return "\n".join(error.value for error in app.error)


def test_the_password_opens_the_desk_and_closing_it_takes_it_away(home):
    app = workshop()
    assert views(app) == VIEWS
    app = enter(app)
    assert views(app) == [*VIEWS, "Host's desk"]
    assert app.query_params["view"] == "desk"
    app = press(app, "Close the desk")
    assert views(app) == VIEWS
    assert host_door.KEY not in app.session_state


def test_a_wrong_password_opens_nothing_and_many_make_everybody_wait(home):
    app = workshop()
    for _ in range(FREE_TRIES):
        app = enter(app, "guessed")
        assert "not the host's password" in errors(app)
    app = enter(app)
    assert "Too many wrong passwords" in errors(app)
    assert views(app) == VIEWS


@pytest.mark.parametrize("forged", [None, "host", True, Host(b""), Host(PASSWORD.encode())])
def test_an_address_or_a_forged_right_shows_no_desk(home, forged):
    app = workshop(view="desk", host="yes")
    app.session_state[host_door.KEY] = forged
    app = checked(app.run())
    assert views(app) == VIEWS
    assert "view" not in app.query_params


def test_a_home_whose_password_is_damaged_tells_it_and_shows_the_board(home, monkeypatch):
    monkeypatch.delenv(SETTING)
    (home / "host-password").write_bytes(b"")
    app = enter(workshop(), "")
    assert "holds no password" in errors(app)
    assert views(app) == VIEWS
