"""Context managers that start an app server and a headless Chromium, for the browser tests and the benchmarks."""

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
from typing import Any

import psutil
from playwright.sync_api import Browser, sync_playwright

from tests.waiting import wait_for, wait_until_ended

ROOT = Path(__file__).parents[2]
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOMES: dict[str, Path] = {}  # home folders of the running servers, by URL
MAX_CORES = 4  # of a server's engine: with more, it would train several runs at once, and none would be queued


@dataclass(frozen=True)
class Server:
    """A running app server."""

    url: str
    home: Path
    process: psutil.Process

    def process_tree(self) -> list[psutil.Process]:
        """The web process, the engine, and all their child processes."""
        return [self.process, *self.process.children(recursive=True)]


@contextlib.contextmanager
def serve(home: Path, *, script: str = "app.py", log: str = "server.log", **settings: str) -> Iterator[Server]:
    """Run the app with the home folder ``home``; its output goes to the file ``log`` there.

    ``script``: the Streamlit script, relative to the project's root. ``settings``: environment variables.
    The end of the block stops the app like Ctrl-C, and waits for all its processes to end. If the app was killed in
    the block, its engine goes on running.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    environment = os.environ | {"DIGIT_LAB_HOME": str(home)} | settings
    with running(command, port=port, home=home, log=home / log, cwd=ROOT, env=environment) as server:
        yield server


@contextlib.contextmanager
def running(command: list[str], *, port: int, home: Path, log: Path, **process_options: Any) -> Iterator[Server]:
    """Run an app that ``command`` starts at ``port`` with the home folder ``home``; see ``serve``."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, **process_options)
    server = Server(f"http://localhost:{port}", home, psutil.Process(process.pid))
    if hasattr(server.process, "cpu_affinity"):  # not on macOS
        server.process.cpu_affinity(server.process.cpu_affinity()[:MAX_CORES])
    HOMES[server.url] = home
    try:
        wait_for(lambda: process.poll() is not None or answers(server.url), home=home)
        assert process.poll() is None, log.read_text()
        yield server
    finally:
        del HOMES[server.url]
        if process.poll() is None:
            _stop(server)
        process.wait()


def _stop(server: Server) -> None:
    """Stop the app like Ctrl-C, then its engine, which would end later by itself; kill what does not end."""
    processes, engines = server.process_tree(), server.process.children()
    server.process.send_signal(signal.SIGINT)
    try:
        wait_until_ended([server.process], home=server.home)
        for engine in engines:
            with contextlib.suppress(psutil.NoSuchProcess):
                engine.terminate()
        wait_until_ended(processes, home=server.home)
    finally:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Run an installed Chromium without a window."""
    executable = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert executable, "The browser tests need Chromium; make test installs it or says how."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free now."""
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
