"""A real server, and a real Chromium that visits it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Server:
    """A running app."""

    url: str
    home: Path
    process: psutil.Process

    def family(self) -> list[psutil.Process]:
        """The web process and its engine, with all that they started."""
        return [self.process, *self.process.children(recursive=True)]


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as response:
            return response.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on a home folder of its own; when it is stopped, none of its processes is left."""
    home = tmp_path_factory.mktemp("lab")
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"DIGIT_LAB_HOME": str(home)}, stdout=log, stderr=log
        )
    running = Server(f"http://localhost:{port}", home, psutil.Process(process.pid))
    wait_for(lambda: answers(running.url))
    yield running
    family = running.family()
    process.send_signal(signal.SIGINT)
    _, alive = psutil.wait_procs(family, timeout=30)
    for left in alive:
        left.kill()
    assert not alive, "the app left processes behind"
    assert "Traceback" not in (home / "server.log").read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert found, "The browser tests need Chromium; make test installs it or says how."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()
