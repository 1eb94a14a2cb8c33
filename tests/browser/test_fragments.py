"""Parts of a page that run by themselves, one just after the other."""

import pytest

from tests.browser.expecting import expect
from tests.browser.serving import serve
from tests.browser.visits import settle

TIMES = 3  # Streamlit by itself leaves it four times of five


@pytest.fixture
def server(tmp_path):
    with serve(tmp_path, script="tests/browser/fragments_page.py") as running:
        yield running


def test_what_a_part_shows_no_more_goes_though_another_part_runs_right_after_it(page, server):
    for _ in range(TIMES):
        page.goto(server.url)
        expect(page.get_by_text("The other part")).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Clear").click()
        expect(page.get_by_text("The answer")).to_have_count(0)
        settle(page)
        expect(page.get_by_text("The other part")).to_be_visible()
