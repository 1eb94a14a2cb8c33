"""Fixtures: an app server and a browser, shared by all tests of an xdist worker; each test is a new visitor."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from mnist_core.runs import scan
from tests.browser.serving import Server, chromium, serve
from tests.browser.visits import PHONE, WIDE, new_context


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An app server with a home folder that the tests of this worker share."""
    home = tmp_path_factory.mktemp("lab")
    with serve(home) as server:
        yield server
    assert "Traceback" not in (home / "server.log").read_text()


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """The shared server; runs that a failed test has left active are cancelled, so that no test waits for them."""
    yield shared_server
    for listed in scan.scan(shared_server.home).own:
        if listed.status.active:
            listed.run.cancel()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as server:
        yield server


@pytest.fixture(scope="session")
def wide_context(browser: Browser) -> BrowserContext:
    return new_context(browser, **WIDE)


@pytest.fixture(scope="session")
def phone_context(browser: Browser) -> BrowserContext:
    return new_context(browser, **PHONE, color_scheme="dark")


@pytest.fixture
def page(wide_context: BrowserContext) -> Iterator[Page]:
    """A page in a desktop browser."""
    with _new_visitor(wide_context) as page:
        yield page


@pytest.fixture
def phone(phone_context: BrowserContext) -> Iterator[Page]:
    """A page in a phone's browser in dark mode."""
    with _new_visitor(phone_context) as page:
        yield page


@contextmanager
def _new_visitor(context: BrowserContext) -> Iterator[Page]:
    """A page without cookies. The context is reused: its compiled copies of Streamlit's scripts save seconds."""
    context.clear_cookies()
    page = context.new_page()
    yield page
    page.close()
