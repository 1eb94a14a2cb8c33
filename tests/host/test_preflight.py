"""Tests of the checks before a workshop; tests/engine tests those with a real engine."""

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
from mnist_core.engine.client import EngineClient
from mnist_core.host import preflight
from mnist_core.host.preflight import Check, Preflight
from mnist_core.room.database import open_database
from mnist_core.room.settings import Settings
from mnist_core.runs import scan, store


@pytest.fixture
def script_url(tmp_path: Path) -> Iterator[str]:
    """The URL of a script on a local HTTP server."""
    (tmp_path / "index.js").write_text("draw()")
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/index.js"
        server.shutdown()


@pytest.fixture
def checks(home_without_engine, script_url, monkeypatch):
    """A function that runs the checks, by name; the engine returns the book's predictions, and trains nothing."""
    home = home_without_engine
    predictions = store.find("book", home).evaluation.read_probabilities()
    settings = Settings(open_database(home))
    settings.change(pinned="book")
    monkeypatch.setattr(EngineClient, "wait", lambda self: None)
    monkeypatch.setattr(EngineClient, "classify", lambda self, run, digits: predictions[: len(digits)])
    monkeypatch.setattr(preflight, "TRAINING_TIMEOUT_SECONDS", 0.0)

    def run_checks(script: str = script_url) -> dict[str, Check]:
        return {check.name: check for check in Preflight(home, settings, EngineClient(home), script).checks()}

    return run_checks


def test_each_successful_check_reports_what_it_measured(checks):
    results = checks()
    assert [name for name, check in results.items() if not check.ok] == ["A short training"]
    assert "verified: 60,000 training" in results["Dataset"].message
    accuracy = store.find("book", settings.home()).read_status().scores["test_accuracy"]
    assert f"book reads {accuracy:.2%} of the test digits, as it says" in results["Everyone's network"].message


def test_each_failed_check_says_what_to_do(checks, monkeypatch, tmp_path, script_url):
    damaged = tmp_path / "mnist.npz"
    damaged.touch()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10**9))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=10**8))
    monkeypatch.setattr(EngineClient, "classify", lambda self, run, digits: np.eye(10)[[0] * len(digits)])
    results = checks(script_url.replace("index", "missing"))
    assert not any(check.ok for name, check in results.items() if name not in ("The room's database", "Dataset"))
    assert "Make some room" in results["Disk"].message
    assert "Close other programs" in results["Memory"].message
    assert "Install streamlit-drawable-canvas again" in results["Canvas"].message
    assert "Pin another network" in results["Everyone's network"].message
    monkeypatch.setattr(mnist, "FILE", damaged)
    assert "git checkout" in checks()["Dataset"].message


def test_the_database_check_reports_a_damaged_file(checks, home):
    for file in home.glob("room.db*"):
        file.write_bytes(b"no database at all " * 100)
    assert "is no database" in checks()["The room's database"].message


def test_the_training_check_reports_that_no_worker_was_free_and_removes_its_run(checks, home):
    waiting = store.create(RunConfig(name="somebody's"), home)
    assert "No worker was free" in checks()["A short training"].message
    assert [listed.run for listed in scan.scan(home).own] == [waiting]
