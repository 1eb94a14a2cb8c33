"""What a host learns before a workshop; the engine's part is tested with a real one in tests/engine."""

import shutil
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from mnist_core import settings
from mnist_core.config import RunConfig
from mnist_core.digits import mnist
from mnist_core.engine.client import Engine
from mnist_core.host import preflight
from mnist_core.host.preflight import Check, Preflight
from mnist_core.room.database import open_database
from mnist_core.room.settings import Settings
from mnist_core.runs import store


@pytest.fixture
def canvas(tmp_path: Path) -> Iterator[str]:
    """The address of a script that is served."""
    (tmp_path / "index.js").write_text("draw()")
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/index.js"
        server.shutdown()


@pytest.fixture
def checks(home_without_engine, canvas, monkeypatch):
    """What the checks tell, by name; the engine answers what the book's run did, and trains nothing."""
    home = home_without_engine
    answers = store.find("book", home).test_probabilities
    settings = Settings(open_database(home))
    settings.change(pinned="book")
    monkeypatch.setattr(Engine, "wait", lambda self: None)
    monkeypatch.setattr(Engine, "classify", lambda self, run, digits: answers[: len(digits)])
    monkeypatch.setattr(preflight, "SECONDS_TO_TRAIN", 0.0)

    def check(script: str = canvas) -> dict[str, Check]:
        return {each.name: each for each in Preflight(home, settings, Engine(home), script).checks()}

    return check


def test_what_works_says_what_was_found(checks):
    found = checks()
    assert [name for name, check in found.items() if not check.ok] == ["A short training"]
    assert "verified: 60,000 training" in found["Dataset"].told
    accuracy = store.find("book", settings.home()).status.scores["test_accuracy"]
    assert f"book reads {accuracy:.2%} of the test digits, as it says" in found["Everyone's network"].told


def test_what_does_not_work_says_what_to_do(checks, monkeypatch, tmp_path, canvas):
    damaged = tmp_path / "mnist.npz"
    damaged.touch()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10**9))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=10**8))
    monkeypatch.setattr(Engine, "classify", lambda self, run, digits: np.eye(10)[[0] * len(digits)])
    found = checks(canvas.replace("index", "missing"))
    assert not any(check.ok for name, check in found.items() if name not in ("The room's database", "Dataset"))
    assert "Make some room" in found["Disk"].told
    assert "Close other programs" in found["Memory"].told
    assert "Install streamlit-drawable-canvas again" in found["Canvas"].told
    assert "Pin another network" in found["Everyone's network"].told
    monkeypatch.setattr(mnist, "FILE", damaged)
    assert "git checkout" in checks()["Dataset"].told


def test_a_database_that_cannot_be_written_is_told(checks, home):
    for file in home.glob("room.db*"):
        file.write_bytes(b"no database at all " * 100)
    assert "is no database" in checks()["The room's database"].told


def test_a_training_that_nobody_takes_up_is_told_and_leaves_the_line(checks, home):
    waiting = store.create(RunConfig(name="somebody's"), home)
    assert "No worker was free" in checks()["A short training"].told
    assert [run for run in store.list_runs(home) if not run.shipped] == [waiting]
