"""One lab on several processes, as on several machines: nginx, two apps, PostgreSQL, a Dask scheduler, two workers."""

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
    """What people see, ``url``, and the app processes behind it by the address that nginx knows them by."""

    url: str
    home: Path
    apps: dict[str, Server]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Everything, started in the order in which one would."""
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
    """nginx with the file that deploy/ has, but for the ports; its address."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    assert found, "This test needs nginx; make test-deploy installs it or says how."
    here = f"127.0.0.1:{free_port()}"
    text = CONFIG.read_text()
    for port, meant in zip((8501, 8502, 8080), [*apps, here], strict=True):
        assert f"127.0.0.1:{port}" in text
        text = text.replace(f":{port}", f":{meant.rpartition(':')[2]}")
    config = folder / "nginx.conf"
    config.write_text(text)
    (folder / "temp").mkdir()
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen([found, "-p", folder, "-e", "stderr", "-c", config], stdout=log, stderr=log)
    try:
        wait_for(lambda: process.poll() is not None or answers(f"http://{here}"))
        assert process.poll() is None, (folder / "nginx.log").read_text()
        yield f"http://{here}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running
