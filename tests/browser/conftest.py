"""A server and a browser for a module's tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from mnist_core.runs import store
from tests.browser.serving import Server, chromium, serve
from tests.browser.visits import SCREENSHOTS, SLOW, WIDE


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("lab")
    with serve(home) as running:
        yield running
        for run in store.list_runs(home):  # what a failed test left would keep the engine at work
            if run.status.active:
                run.cancel()
    assert "Traceback" not in (home / "server.log").read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    SCREENSHOTS.mkdir(exist_ok=True)
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a wide browser, of a person nobody has met."""
    context = browser.new_context(**WIDE)
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()
