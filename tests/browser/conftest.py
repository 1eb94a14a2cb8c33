"""A server and a browser for a module's tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import Server, chromium, serve


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("lab")
    with serve(home) as running:
        yield running
    assert "Traceback" not in (home / "server.log").read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running
