"""A server and a browser, shared by all tests of a worker; each test is a person that nobody has met."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from mnist_core.runs import store
from tests.browser.serving import Server, chromium, serve
from tests.browser.visits import PHONE, WIDE, new_context


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on a home folder that the tests of this worker share."""
    home = tmp_path_factory.mktemp("lab")
    with serve(home) as running:
        yield running
    assert "Traceback" not in (home / "server.log").read_text()


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """The shared app; what a failed test left is cancelled, so that it keeps nobody else waiting."""
    yield shared_server
    for run in store.list_runs(shared_server.home):
        if run.status.active:
            run.cancel()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def wide_context(browser: Browser) -> BrowserContext:
    return new_context(browser, **WIDE)


@pytest.fixture(scope="session")
def phone_context(browser: Browser) -> BrowserContext:
    return new_context(browser, **PHONE, color_scheme="dark")


@pytest.fixture
def page(wide_context: BrowserContext) -> Iterator[Page]:
    """A page of a wide browser."""
    with _stranger(wide_context) as page:
        yield page


@pytest.fixture
def phone(phone_context: BrowserContext) -> Iterator[Page]:
    """A page of a phone in the dark."""
    with _stranger(phone_context) as page:
        yield page


@contextmanager
def _stranger(context: BrowserContext) -> Iterator[Page]:
    """A page of somebody new. The context stays: it has compiled Streamlit's scripts, which takes seconds."""
    context.clear_cookies()
    page = context.new_page()
    yield page
    page.close()
