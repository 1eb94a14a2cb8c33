"""A server and a browser for a module's tests."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from mnist_core.runs import store
from tests.browser.serving import Server, chromium, serve
from tests.browser.visits import PHONE, SCREENSHOTS, SLOW, WIDE


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
    with _stranger(browser, **WIDE) as page:
        yield page


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page of a phone in the dark, of another such person."""
    with _stranger(browser, **PHONE, color_scheme="dark") as page:
        yield page


@contextmanager
def _stranger(browser: Browser, **options: object) -> Iterator[Page]:
    context = browser.new_context(**options)
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()
