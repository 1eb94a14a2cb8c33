"""A real server of the app, and a real Chromium, for the browser tests and the benchmarks."""

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
from playwright.sync_api import Browser, sync_playwright

from tests.waiting import wait_for, wait_until_gone

ROOT = Path(__file__).parents[2]
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOMES: dict[str, Path] = {}  # the home folders of the servers that run, by their addresses
MAX_CORES = 4  # of a server's engine: with more it would train several runs at once, and nobody would wait


@dataclass(frozen=True)
class Server:
    """A running app."""

    url: str
    home: Path
    process: psutil.Process

    def family(self) -> list[psutil.Process]:
        """The web process and its engine, with all that they started."""
        return [self.process, *self.process.children(recursive=True)]


@contextlib.contextmanager
def serve(home: Path, *, script: str = "app.py", log: str = "server.log", **settings: str) -> Iterator[Server]:
    """The app on ``home``, with these environment variables; what it prints goes to the file ``log`` there.

    ``script``: what Streamlit runs, from the project's folder.

    When the block ends it is stopped as Ctrl-C does, and none of its processes may be left. Unless it was killed in
    the block: its engine then lives on.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    with (home / log).open("wb") as printed:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"DIGIT_LAB_HOME": str(home)} | settings, stdout=printed, stderr=printed
        )
    server = Server(f"http://localhost:{port}", home, psutil.Process(process.pid))
    if hasattr(server.process, "cpu_affinity"):  # not on macOS
        server.process.cpu_affinity(server.process.cpu_affinity()[:MAX_CORES])
    HOMES[server.url] = home
    try:
        wait_for(lambda: process.poll() is not None or answers(server.url), home=home)
        assert process.poll() is None, (home / log).read_text()
        yield server
    finally:
        del HOMES[server.url]
        if process.poll() is None:
            _stop(server)
        process.wait()


def _stop(server: Server) -> None:
    """Stop the app as Ctrl-C does, then its engine, which would leave by itself; what is left is ended and told."""
    family, started = server.family(), server.process.children()
    server.process.send_signal(signal.SIGINT)
    try:
        wait_until_gone([server.process], home=server.home)
        for engine in started:
            with contextlib.suppress(psutil.NoSuchProcess):
                engine.terminate()
        wait_until_gone(family, home=server.home)
    finally:
        for left in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, one that is installed."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert found, "The browser tests need Chromium; make test installs it or says how."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    """Whether an app answers at ``url``."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as response:
            return response.status == 200
    except OSError:
        return False
