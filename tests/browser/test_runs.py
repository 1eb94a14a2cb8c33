"""Tests of the table of runs in a real browser: comparing, renaming, downloading, deleting and importing."""

import re
from pathlib import Path

from playwright.sync_api import Page

from mnist_core.runs import store
from mnist_core.runs.status import FINISHED
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visits import button, settle, train, visit
from tests.waiting import wait_for


def test_a_visitor_compares_renames_downloads_deletes_and_imports_a_run(page: Page, server: Server, tmp_path: Path):
    visit(page, server, "train")
    run = train(page, server, "traveller", epochs=1)
    wait_for(lambda: run.read_status().state == FINISHED, home=server.home)

    visit(page, server, f"train?tab=runs&runs={run.id},book")
    curves = page.get_by_test_id("stVegaLiteChart").filter(visible=True)
    expect(curves).to_have_count(2)
    # The table is a canvas: the selection is visible only in the chart and in the fields for the selected run.
    visit(page, server, f"train?tab=runs&runs={run.id}")
    search = page.get_by_role("textbox", name="Search").filter(visible=True)
    search.fill("travel")
    search.press("Enter")
    expect(page).to_have_url(re.compile("search=travel"))
    settle(page)
    name = page.get_by_label("Name", exact=True).filter(visible=True)
    name.fill("returned")
    name.press("Tab")
    settle(page)
    button(page, "Rename").click()
    expect(page.get_by_role("heading", name="returned", exact=True)).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="Download as zip").click()
    download.value.save_as(tmp_path / "run.zip")
    button(page, "Delete").click()
    button(page, "Delete it for good").click()
    wait_for(lambda: not run.path.exists(), home=server.home)
    expect(page.get_by_text(re.compile(r"None of the \d+ runs"))).to_be_visible()

    page.get_by_text("Bring in a run or a model").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "run.zip")
    expect(button(page, "Import")).to_be_enabled()
    button(page, "Import").click()
    expect(page.get_by_text(re.compile(r"returned is among the runs: \d\d\.\d\d% right"))).to_be_visible()
    imported = store.find("returned", server.home)
    assert imported.read_config().from_archive
    assert imported.read_status().scores["test_accuracy"] > 0.8
