"""Tests of a training that two browsers control, and of a second one that is queued behind it."""

import re

import numpy as np
from playwright.sync_api import Locator, Page

from mnist_core.runs.control import Control
from mnist_core.runs.run import Run
from mnist_core.runs.status import CANCELLED, FINISHED, PAUSED, RUNNING
from tests.browser.expecting import expect
from tests.browser.visits import button, train, visit
from tests.waiting import wait_for


def first_text(page: Page, text: str | re.Pattern) -> Locator:
    """The first element with this text; during a rerun the page may contain it twice."""
    return page.get_by_text(text).first


def completed_steps(run: Run) -> int:
    return len(run.read_batches()["step"])


def test_two_browsers_control_one_training_and_see_a_queued_run_start_after_it(page, phone, server):
    visit(page, server, "train")
    run = train(page, server, "steered", epochs=200)
    wait_for(lambda: run.read().epochs_done >= 1, home=server.home)
    expect(first_text(page, re.compile(r"Epoch \d+ of 200 .* left .* images a second"))).to_be_visible()
    first_text(page, "Slow motion").click()  # a fast machine would otherwise finish before this test
    wait_for(lambda: np.array_equal(np.diff(run.read_batches()["step"][-4:]), [1, 1, 1]), home=server.home)

    visit(phone, server, f"train?run={run.id}")
    expect(first_text(phone, re.compile(r"batch \d+ of 469"))).to_be_visible()
    expect(phone.get_by_role("slider", name="Dropout, from the next epoch")).to_have_value("0.2")
    assert run.read_control() == Control(slow_motion=True)  # opening the page changes nothing

    button(phone, "Pause").click()
    expect(first_text(page, "It holds still")).to_be_visible()
    assert run.read_status().state == PAUSED
    steps_before = completed_steps(run)
    button(page, "÷10").click()
    expect(first_text(phone, "0.1 × planned")).to_be_visible()
    assert completed_steps(run) == steps_before
    button(page, "Resume").click()
    wait_for(lambda: run.read_status().state == RUNNING and completed_steps(run) > steps_before, home=server.home)

    first_text(phone, "New training").click()
    waiting = train(phone, server, "waiting", epochs=1)
    expect(first_text(phone, "1 before it")).to_be_visible()
    expect(first_text(phone, "1 in line: waiting · yours: number 1")).to_be_visible()
    expect(phone.get_by_label("Epochs", exact=True)).to_be_hidden()
    expect(page.get_by_text("1 in line: waiting", exact=True).first).to_be_visible()

    button(page, "Cancel").click()
    expect(first_text(page, "The best of its epochs is kept")).to_be_visible()
    assert run.read_status().state == CANCELLED
    best = run.read_epochs()["val_accuracy"].max()
    assert abs(run.read_status().scores["test_accuracy"] - best) < 1e-4
    expect(first_text(phone, "After 1 epoch ·")).to_be_visible()
    assert waiting.read_status().state == FINISHED

    steps_before = completed_steps(run)
    button(page, f"Continue after epoch {run.read().epochs_done}").click()
    wait_for(lambda: completed_steps(run) > steps_before, home=server.home)
    button(page, "Cancel").click()
    wait_for(lambda: run.read_status().state == CANCELLED, home=server.home)
