"""One training, steered from two browsers, and another one that waits for it."""

import re

import numpy as np
from playwright.sync_api import Locator, Page

from mnist_core.runs.control import Control
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FINISHED, PAUSED, RUNNING
from tests.browser.expecting import expect
from tests.browser.visits import button, train, visit
from tests.waiting import wait_for


def words(page: Page, text: str | re.Pattern) -> Locator:
    """Where the page says this; while it draws anew, it may say it twice."""
    return page.get_by_text(text).first


def batches(run: Run) -> int:
    return len(run.batches["step"])


def test_people_steer_a_training_and_wait_in_line_from_two_browsers(page, phone, server):
    visit(page, server, "train")
    run = train(page, server, "steered", epochs=200)
    wait_for(lambda: run.epochs_done >= 1, home=server.home)
    expect(words(page, re.compile(r"Epoch \d+ of 200 .* left .* images a second"))).to_be_visible()
    words(page, "Slow motion").click()  # and so it stays, or a fast machine would be through before this test is
    wait_for(lambda: np.array_equal(np.diff(run.batches["step"][-4:]), [1, 1, 1]), home=server.home)

    visit(phone, server, f"train?run={run.id}")
    expect(words(phone, re.compile(r"batch \d+ of 469"))).to_be_visible()
    expect(phone.get_by_role("slider", name="Dropout, from the next epoch")).to_have_value("0.2")
    assert run.control == Control(slow_motion=True)  # to look is not to ask

    button(phone, "Pause").click()
    expect(words(page, "It holds still")).to_be_visible()
    assert run.status.state == PAUSED
    trained = batches(run)
    button(page, "÷10").click()
    expect(words(phone, "0.1 × planned")).to_be_visible()
    assert batches(run) == trained
    button(page, "Resume").click()
    wait_for(lambda: run.status.state == RUNNING and batches(run) > trained, home=server.home)

    words(phone, "New training").click()
    waiting = train(phone, server, "waiting", epochs=1)
    expect(words(phone, "1 before it")).to_be_visible()
    expect(words(phone, "1 in line: waiting · yours: number 1")).to_be_visible()
    expect(phone.get_by_label("Epochs", exact=True)).to_be_hidden()
    expect(page.get_by_text("1 in line: waiting", exact=True).first).to_be_visible()

    button(page, "Cancel").click()
    expect(words(page, "The best of its epochs is kept")).to_be_visible()
    assert run.status.state == CANCELLED
    best = run.epochs["val_accuracy"].max()
    assert abs(run.status.scores["test_accuracy"] - best) < 1e-4
    expect(words(phone, "After 1 epoch ·")).to_be_visible()
    assert waiting.status.state == FINISHED

    trained = batches(run)
    button(page, f"Continue after epoch {run.epochs_done}").click()
    wait_for(lambda: batches(run) > trained, home=server.home)
    button(page, "Cancel").click()
    wait_for(lambda: run.status.state == CANCELLED, home=server.home)
