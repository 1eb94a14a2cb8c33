"""Tests of the Errors page's Label court without a browser."""

import re
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import RunConfig
from mnist_core.digits import mnist
from mnist_core.digits.label_errors import CONFIRMED, DISPUTED, RATINGS, blind_sample
from mnist_core.room.database import FILE
from mnist_core.room.votes import Votes
from mnist_core.runs import store
from pages._errors.label_court_results import network_summary
from pages._shared import services
from pages._shared.widgets.digit_grid import data_url
from tests.apps import app_of

ADA = "ada"
CASE = blind_sample(list(ADA.encode()))


@pytest.fixture
def votes(home_without_engine: Path, monkeypatch: pytest.MonkeyPatch) -> Votes:
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    return services.votes()


def court(run: str = "world") -> AppTest:
    def script(run: str) -> None:
        from mnist_core import settings
        from mnist_core.runs import store
        from pages._errors.label_court import show_court

        show_court(store.find(run, settings.home()))

    app = app_of(script, run)
    app.session_state["person"] = ADA
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def labels_of(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def shown(app: AppTest) -> str:
    return "".join(part.proto.body for part in app.get("html"))


def shown_digit(app: AppTest) -> int:
    """The test index of the digit on the page."""
    images = mnist.load().test.images
    return next(index for index in CASE if data_url(images[index]) in shown(app))


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


def metrics(app: AppTest) -> list[tuple[str, str]]:
    return [(metric.value, metric.delta) for metric in app.metric]


def test_a_digit_is_shown_without_its_label_and_the_prediction(votes):
    app = court()
    assert labels_of(app)[:11] == [*map(str, range(10)), "Cannot tell"]
    assert shown_digit(app) == CASE[0]
    assert re.findall(r'alt="([^"]*)"', shown(app)) == ["Digit 1, to be read by you"]
    assert "verdict" not in shown(app)
    assert not app.metric


def test_a_vote_is_saved_and_the_next_digit_without_a_vote_is_shown(votes):
    app = court()
    press(app, "Next")
    press(app, "7")
    press(app, "Cannot tell")
    assert votes.cast_by(ADA) == {CASE[1]: 7, CASE[2]: None}
    assert shown_digit(app) == CASE[3]
    assert shown_digit(court()) == CASE[0], "a reload goes on with what was not read"


def test_a_vote_can_be_changed_and_withdrawn(votes):
    app = court()
    press(app, "7")
    press(app, "Back")
    assert app.button(key=f"court-{CASE[0]}-7").proto.type == "primary"
    press(app, "4")
    assert votes.cast_by(ADA) == {CASE[0]: 4}
    assert shown_digit(app) == CASE[1]
    press(app, "Back")
    press(app, "Withdraw")
    assert votes.cast_by(ADA) == {}
    assert shown_digit(app) == CASE[0]


def test_the_verdict_is_shown_after_the_last_vote(votes):
    for index in CASE[:-1]:
        votes.vote(index, 3, person=ADA)
    app = court()
    assert shown_digit(app) == CASE[-1]
    press(app, "3")
    assert app.subheader[0].value == "The verdict"
    assert court().subheader[0].value == "The verdict"


def test_the_verdict_without_votes_shows_what_to_do_and_the_raters_votes(votes):
    app = press(court(), "Show the verdict")
    assert "Nobody has voted on them yet. Go back to the digits" in text(app)
    assert metrics(app)[2] == ("–", "needs 3 votes on a digit")
    assert shown(app).count('class="verdict"') == len(DISPUTED)
    assert "<dt>Label</dt><dd>8</dd><dt>You</dt><dd>not read</dd><dt>Network</dt><dd>9, " in shown(app)
    assert "<dt>Raters</dt><dd>2 confirmed it, 2 read 9, 1 neither</dd>" in shown(app)
    press(app, "Back to the digits")
    assert shown_digit(app) == CASE[0]
    assert "not say blind any more" in text(app)


def test_the_run_is_scored_again_with_the_labels_of_the_room(votes, home_without_engine):
    labels = mnist.load().test.labels
    probabilities = np.eye(10, dtype=np.float32)[labels]
    for index, rating in RATINGS.items():  # the raters' second choice: all predictions differ from the published labels
        probabilities[index] = np.eye(10)[rating.suggested]
    run = store.create(RunConfig(name="a *new* one"), home_without_engine)
    run.model_path.touch()
    np.savez(run.path / "evaluation.npz", probabilities=probabilities)
    for person in ("bob", "eve", ADA):
        votes.vote(947, 9, person=person)  # instead of 8; the network predicts 9 too
        votes.vote(6651, 0, person=person)  # its label
        votes.vote(2654, None, person=person)
    for person, digit in {"bob": 5, "eve": 3, ADA: None}.items():
        votes.vote(5937, digit, person=person)
    votes.vote(1621, 6, person="bob")
    app = press(court(run.id), "Show the verdict")
    assert metrics(app) == [
        ("99.85%", "15 wrong of 10,000"),
        ("100.00%", "0 wrong of 9,985"),
        ("99.88%", "12 wrong of 9,998"),
    ]
    assert r"**15 of the 15 errors** of **a \*new\* one**" in text(app)
    assert "**1** relabelled, **1** kept, **2** left out, as the room is divided or cannot tell, **11** w" in text(app)
    for ruling in ("9 instead of 8", "keeps the 0", "divided", "cannot tell", "1 of 3 votes needed"):
        assert f"<b>The room: {ruling}</b>" in shown(app)
    assert '<span class="name" title="">cannot tell</span>' in shown(app)


def test_a_persons_votes_on_undisputed_digits_are_compared_with_their_labels(votes):
    first, second, *_ = (index for index in CASE if index in CONFIRMED)
    label = int(mnist.load().test.labels[first])
    votes.vote(first, label, person=ADA)
    votes.vote(second, None, person=ADA)
    app = press(court(), "Show the verdict")
    assert "You agree with 1 of the 2 that you have read." in text(app)
    assert f"Label {label}\nYou: {label}" in shown(app)
    assert "You: cannot tell" in shown(app)


def test_a_person_can_withdraw_all_own_votes(votes):
    for index in CASE:
        votes.vote(index, 3, person=ADA)
        votes.vote(index, 3, person="bob")
    app = press(court(), "Withdraw all my votes")
    assert shown_digit(app) == CASE[0]
    assert votes.cast_by(ADA) == {}
    assert len(votes.cast_by("bob")) == len(CASE)


def test_a_damaged_database_shows_an_error(votes, home_without_engine):
    (home_without_engine / FILE).write_bytes(b"no database at all " * 100)
    assert "is no database" in court().error[0].value


def test_a_vote_that_cannot_be_saved_shows_an_error(votes, home_without_engine):
    app = court()
    with sqlite3.connect(home_without_engine / FILE) as other:
        other.execute("DROP TABLE votes")
    press(app, "7")
    assert "cannot be used" in app.error[0].value
    assert shown_digit(app) == CASE[0]


def test_the_verdict_on_a_run_without_scores_shows_an_error(votes, home_without_engine):
    run = store.create(RunConfig(name="new"), home_without_engine)
    app = press(court(run.id), "Show the verdict")
    assert "has not been evaluated yet" in app.error[0].value
    assert "Back to the digits" in labels_of(app)


def test_the_text_for_a_network_without_errors_on_disputed_digits_says_so():
    assert network_summary("a *new* one", 0, 60) == r"None of the errors of **a \*new\* one** is on a disputed digit."
