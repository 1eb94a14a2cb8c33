"""Tests of the Errors page in a real Chromium: the confusion matrix, the gallery, an opened digit, and its URL."""

import csv
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from mnist_core import settings
from mnist_core.digits import mnist
from mnist_core.runs import store
from tests.browser.expecting import expect
from tests.browser.visits import button, new_context, settle, visit


def gallery(page: Page):
    return page.locator(".st-key-errors_gallery .digits button")


def test_a_matrix_cell_filters_the_gallery_a_digit_opens_and_its_url_restores_both(page, server, browser):
    visit(page, server, "errors?model=book")
    predicted, labels = (
        store.find("book", settings.home()).evaluation.read_probabilities().argmax(axis=1),
        mnist.load().test.labels,
    )
    cell_indices = np.flatnonzero((labels == 4) & (predicted == 9))
    cell = page.get_by_role("button", name=re.compile("^4 read as 9: "))
    expect(cell).to_have_text(str(len(cell_indices)))
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(gallery(page)).to_have_count(len(cell_indices))
    expect(gallery(page).first).to_have_attribute("title", re.compile("^A 4, read as 9"))
    expect(page).to_have_url(re.compile("true=4&predicted=9"))

    settle(page)
    button(page, "Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="These digits as a table").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert sorted(int(row["index"]) for row in rows) == cell_indices.tolist()
    assert {(row["true"], row["predicted"]) for row in rows} == {("4", "9")}
    page.keyboard.press("Escape")

    gallery(page).nth(1).click()
    expect(page.get_by_text("Wrong: labelled 4, read as 9.")).to_be_visible()
    expect(page.get_by_text("Which units fire?")).to_be_visible()
    settle(page)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text(f"3 of {len(cell_indices)}", exact=True)).to_be_visible()
    opened = re.search("digit=([0-9]+)", page.url).group(1)

    visitor = new_context(browser).new_page()
    visitor.goto(page.url)
    expect(visitor.get_by_text(f"3 of {len(cell_indices)}", exact=True)).to_be_visible()
    settle(visitor)
    visitor.get_by_role("button", name="Back to the gallery").click()
    expect(gallery(visitor)).to_have_count(len(cell_indices))
    expect(visitor.get_by_title(re.compile(f"Test index {opened}$"))).to_be_visible()
    expect(visitor.get_by_role("button", name=re.compile("^4 read as 9: "))).to_have_attribute("aria-pressed", "true")
    visitor.context.close()

    nearest = page.locator(".st-key-errors_nearest .digits button").first
    name = nearest.get_attribute("title")
    nearest.click()
    expect(page.get_by_role("heading", name="Dataset", level=1)).to_be_visible()
    expect(page.get_by_text(f"most similar to {name.partition(':')[0].lower()}")).to_be_visible()


def test_arrow_keys_move_the_focus_in_the_confusion_matrix(page, server):
    visit(page, server, "errors?model=book")
    page.get_by_role("button", name="All that was read as 0", exact=True).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    focused = page.get_by_role("button", name=re.compile("^1 read as 1: "))
    expect(focused).to_be_focused()
    page.keyboard.press("Enter")
    expect(focused).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("outcome=right"))
    expect(gallery(page).first).to_have_attribute("title", re.compile("^A 1, read as 1"))
