"""What many tests share: a home folder of their own, and the real digits."""

import gc
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_core.digits import mnist
from mnist_core.digits.mnist import Mnist
from mnist_core.engine.client import Engine
from mnist_core.runs import store

pytest_plugins = ["tests.databases", "tests.kinds", "tests.artifacts", "tests.totals"]


@pytest.fixture(scope="module", autouse=True)
def _old_objects_stay() -> Iterator[None]:
    """Garbage is looked for only among what the module's tests have made.

    Where Keras is imported, Streamlit has it collect garbage after each run of a page (``_clean_problem_modules``);
    with all that TensorFlow holds, that takes half a second.
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
    """A home for tests of pages that ask the engine nothing: none is started."""
    monkeypatch.setattr(Engine, "ensure_started", lambda self: None)
    return home


@pytest.fixture(scope="session")
def keras() -> None:
    """For tests that import Keras in this process: whoever uses it, and what uses that, is of the kind ``keras``."""
    importlib.import_module("keras")


@pytest.fixture(scope="session")
def processes() -> None:
    """For tests that start processes other than an engine, an app or a browser."""
