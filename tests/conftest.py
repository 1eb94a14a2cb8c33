"""Fixtures that many tests use: an empty home folder, the MNIST digits, and markers of a test's kind."""

import gc
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_core.digits import mnist
from mnist_core.digits.mnist import Mnist
from mnist_core.engine.client import EngineClient
from mnist_core.runs import store

pytest_plugins = ["tests.databases", "tests.kinds", "tests.artifacts", "tests.totals"]


@pytest.fixture(scope="module", autouse=True)
def _freeze_old_objects() -> Iterator[None]:
    """Exclude objects older than the module's tests from garbage collection.

    If Keras is imported, Streamlit collects after each run of a page (``_clean_problem_modules``), which takes 0.5 s.
    """
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder that the whole process uses."""
    monkeypatch.setenv("DIGIT_LAB_HOME", str(tmp_path / "lab"))
    return store.prepare_home()


@pytest.fixture(scope="session")
def digits() -> Mnist:
    return mnist.load()


@pytest.fixture
def home_without_engine(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder for tests of pages that do not need the engine: none is started."""
    monkeypatch.setattr(EngineClient, "ensure_started", lambda self: None)
    return home


@pytest.fixture(scope="session")
def keras() -> None:
    """For tests and fixtures that import Keras in this process; the tests get the marker ``keras``."""
    importlib.import_module("keras")


@pytest.fixture(scope="session")
def processes() -> None:
    """For tests that start processes other than an engine, an app or a browser; they get the marker ``processes``."""
