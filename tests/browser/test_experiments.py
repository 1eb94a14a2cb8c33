"""An experiment, from the click to its finding, in a real browser."""

import re

from playwright.sync_api import Page, expect

from mnist_core.runs import store
from tests.browser.serving import Server
from tests.browser.visits import SCREENSHOTS, SLOW, button, settle, visit


def test_an_experiment_is_run_with_one_click_and_shows_what_it_found(page: Page, server: Server):
    visit(page, server, "train?tab=experiments&experiment=scaling")
    expect(page.get_by_text("Nobody has run it here yet")).to_be_visible()
    button(page, "Run this experiment").click()
    expect(page.get_by_text(re.compile("Training: 0 to"))).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(re.compile(r"It reads 9\d\.\d% of new digits with pixels from 0 to 1"))).to_be_visible(
        timeout=SLOW
    )
    assert [run.config.experiment for run in store.list_runs(server.home)][-2:] == ["scaling", "scaling"]
    settle(page)
    page.screenshot(path=SCREENSHOTS / "experiment.png", full_page=True)

    page.get_by_role("button", name="Look at 0 to 255").click()
    expect(page.get_by_role("heading", name=re.compile("Scaling on and off: 0 to 255"))).to_be_visible()
    assert "tab=train" in page.url
