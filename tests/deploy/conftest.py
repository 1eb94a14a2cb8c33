"""Fixtures of a lab on several processes: nginx, two apps, PostgreSQL, a Dask scheduler, two workers."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import ROOT, Server, answers, chromium, free_port, serve
from tests.engine.clusters import dask_cluster
from tests.room.postgres import address, serve_postgres
from tests.waiting import wait_for

CONFIG = ROOT / "deploy/nginx.conf"


@dataclass(frozen=True)
class Site:
    """The public ``url``, and the app processes by their host and port in nginx's upstream list."""

    url: str
    home: Path
    apps: dict[str, Server]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start all processes of the lab."""
    home, folder = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("site")
    with ExitStack() as stack:
        postgres = stack.enter_context(serve_postgres())
        scheduler = stack.enter_context(dask_cluster(folder, workers=2))
        settings = {"DIGIT_LAB_DATABASE_URL": address(postgres), "DIGIT_LAB_SCHEDULER": scheduler}
        apps = [stack.enter_context(serve(home, log=f"server-{number}.log", **settings)) for number in range(2)]
        by_address = {app.url.replace("http://localhost", "127.0.0.1"): app for app in apps}
        url = stack.enter_context(_nginx(folder, list(by_address)))
        yield Site(url, home, by_address)
    for log in home.glob("server-*.log"):
        assert "Traceback" not in log.read_text(), log


@contextmanager
def _nginx(folder: Path, apps: list[str]) -> Iterator[str]:
    """Run nginx with deploy/nginx.conf and other ports; yields its URL."""
    executable = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    assert executable, "This test needs nginx; make test-deploy installs it or says how."
    nginx_address = f"127.0.0.1:{free_port()}"
    text = CONFIG.read_text()
    for port, new_address in zip((8501, 8502, 8080), [*apps, nginx_address], strict=True):
        assert f"127.0.0.1:{port}" in text
        text = text.replace(f":{port}", f":{new_address.rpartition(':')[2]}")
    config = folder / "nginx.conf"
    config.write_text(text)
    (folder / "temp").mkdir()
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen([executable, "-p", folder, "-e", "stderr", "-c", config], stdout=log, stderr=log)
    try:
        wait_for(lambda: process.poll() is not None or answers(f"http://{nginx_address}"))
        assert process.poll() is None, (folder / "nginx.log").read_text()
        yield f"http://{nginx_address}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
