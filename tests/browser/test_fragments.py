"""Tests of two fragments of a page that run shortly after each other."""

import pytest

from tests.browser.expecting import expect
from tests.browser.serving import serve
from tests.browser.visits import settle

REPETITIONS = 3  # without our fix, Streamlit leaves the stale element four times of five


@pytest.fixture
def server(tmp_path):
    with serve(tmp_path, script="tests/browser/fragments_page.py") as server:
        yield server


def test_a_fragments_stale_element_disappears_though_another_fragment_runs_right_after(page, server):
    for _ in range(REPETITIONS):
        page.goto(server.url)
        expect(page.get_by_text("The other part")).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Clear").click()
        expect(page.get_by_text("The answer")).to_have_count(0)
        settle(page)
        expect(page.get_by_text("The other part")).to_be_visible()
