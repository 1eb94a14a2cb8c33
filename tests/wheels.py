"""Building Digit Lab's wheel, installing it, and what holds for every installation."""

import asyncio
import json
import os
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mnist_core.digits import mnist
from mnist_core.engine.client import EngineClient
from mnist_core.engine.shared import ENGINE_FILE
from mnist_core.runs import store
from tests.benchmarks.visitor import visitor
from tests.browser.serving import ROOT, Server, free_port, running
from tests.waiting import wait_for, wait_until_ready

PAGES = ["", "draw", "train", "errors", "dataset", "workshop"]

# Each Python process of the installation that has Streamlit's settings writes them down when it ends.
RECORD_SETTINGS = """
import atexit, json, sys

def record():
    config = sys.modules.get("streamlit.config")
    if config is not None:
        with open({path!r}, "w") as file:
            json.dump({{name: config.get_option(name) for name in {names!r}}}, file)

atexit.register(record)
"""
RECORD_ADDRESS = """#!/bin/sh
echo "$1" > "{path}"
"""


@dataclass(frozen=True)
class Installation:
    """A virtual environment in ``venv`` with Digit Lab, and the folder of a person who has nothing else yet."""

    venv: Path
    person: Path

    @property
    def python(self) -> Path:
        return self._scripts / "python"

    @property
    def command(self) -> Path:
        """The entry point ``digit-lab``."""
        return self._scripts / "digit-lab"

    @property
    def packages(self) -> Path:
        return Path(sysconfig.get_path("purelib", "venv", {"base": self.venv, "platbase": self.venv}))

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of the person, with nothing that leads to this checkout or to another lab."""
        ours = {
            name: value for name, value in os.environ.items() if not name.startswith(("DIGIT_LAB", "XDG", "PYTHON"))
        }
        return ours | {"HOME": str(self.person), "BROWSER": str(self.person / "browser")}

    @property
    def home(self) -> Path:
        """The lab's home folder among the person's data."""
        within = {"darwin": "Library/Application Support"}.get(sys.platform, ".local/share")
        return self.person / within / "digit-lab"

    def run(self, *arguments: object, **variables: str) -> str:
        """Run ``digit-lab`` in the person's folder, which has to succeed; returns its standard output."""
        return subprocess.run(
            [self.command, *map(str, arguments)],
            cwd=self.person,
            env=self.environment | variables,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout

    @property
    def _scripts(self) -> Path:
        return Path(sysconfig.get_path("scripts", "venv", {"base": self.venv, "platbase": self.venv}))


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout with the tools that are installed here; returns its path in ``folder``."""
    _call(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path, *, dependencies: bool) -> Installation:
    """Install ``wheel`` into a new virtual environment; without its ``dependencies``, it sees the suite's packages."""
    installation = Installation(folder / "venv", folder / "person")
    installation.person.mkdir()
    _call(sys.executable, "-m", "venv", "--without-pip", installation.venv)
    pip = [sys.executable, "-m", "pip", "--python", installation.python, "install", "--quiet", "--no-compile"]
    if dependencies:
        _call(*pip, wheel)
    else:
        _call(*pip, "--no-index", "--no-deps", wheel)
        (installation.packages / "suite.pth").write_text(sysconfig.get_path("purelib"))
    return installation


@dataclass(frozen=True)
class Started:
    """An app that ``digit-lab`` has started, what it has printed, and the page that its browser shows."""

    server: Server
    log: Path
    opened: Path


@contextmanager
def started(installation: Installation) -> Iterator[Started]:
    """Run the installed app from an empty folder."""
    empty, log, opened = (installation.person / name for name in ("empty", "app.log", "opened"))
    empty.mkdir()
    browser = installation.person / "browser"
    browser.write_text(RECORD_ADDRESS.format(path=opened))
    browser.chmod(0o755)
    port = free_port()
    command = [str(installation.command), "app", "--port", str(port)]
    options = {"cwd": empty, "env": installation.environment}
    with running(command, port=port, home=installation.home, log=log, **options) as server:
        yield Started(server, log, opened)
    assert list(empty.iterdir()) == [], "the app has written into the working directory"


def check_app(installation: Installation) -> None:
    """Assert that the installed app starts with the checkout's settings, shows every page and reads a digit."""
    configured = _options(tomllib.loads((ROOT / ".streamlit/config.toml").read_text()))
    settings = installation.person / "settings.json"
    recorder = RECORD_SETTINGS.format(path=str(settings), names=sorted(configured))
    (installation.packages / "sitecustomize.py").write_text(recorder)

    with started(installation) as app:
        wait_for(app.opened.exists, home=installation.home)
        printed = app.log.read_text()
        assert app.server.url in printed, printed
        assert str(installation.home) in printed, printed
        assert app.opened.read_text().strip() == app.server.url, app.opened.read_text()
        assert addresses(app.server) <= {"127.0.0.1", "::1"}, addresses(app.server)
        with ThreadPoolExecutor(1) as thread:  # this thread has an event loop if a browser test ran before
            thread.submit(asyncio.run, _open_all_pages(app.server.url)).result()
        assert reads_a_digit(installation, app.server), "a 7 was read as another digit"
        assert "Traceback" not in app.log.read_text(), app.log.read_text()

    recorded = json.loads(settings.read_text())
    assert recorded == configured, recorded
    assert recorded["browser.gatherUsageStats"] is False
    assert recorded["server.address"] == "localhost"


def addresses(server: Server) -> set[str]:
    """The addresses at which the app's processes listen."""
    connections = [each for process in server.process_tree() for each in process.net_connections("inet")]
    return {each.laddr.ip for each in connections if each.status == "LISTEN"}


def reads_a_digit(installation: Installation, server: Server) -> bool:
    """Whether the engine that the app has started, with the Python that it is installed for, reads a test digit."""
    wait_for((installation.home / ENGINE_FILE).exists, home=installation.home)
    engine = EngineClient(installation.home)
    try:
        wait_until_ready(engine, installation.home)
        assert engine.process().ppid() == server.process.pid, "another app's engine"
        test = mnist.load().test
        return int(engine.classify(store.shipped_default_run(), test.images[:1]).argmax()) == test.labels[0]
    finally:
        engine.close()


async def _open_all_pages(url: str) -> None:
    async with visitor(url, timeout=None) as person:
        for page in PAGES:
            await person.open(page)


def _options(settings: dict, prefix: str = "") -> dict[str, object]:
    """The settings in nested tables by Streamlit's dotted names."""
    options = {}
    for name, value in settings.items():
        nested = isinstance(value, dict)
        options |= _options(value, f"{prefix}{name}.") if nested else {f"{prefix}{name}": value}
    return options


def _call(*command: object) -> None:
    result = subprocess.run(
        list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert result.returncode == 0, result.stdout
