"""A real engine with real workers, shared by all tests of a worker of pytest-xdist."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_core.engine.client import Engine
from mnist_core.runs import store
from mnist_core.runs.run import Run
from tests.engine.labs import PARK_AFTER, running_engine


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def shared_engine(shared_home: Path) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_PARK_AFTER", str(PARK_AFTER))
        with running_engine(shared_home) as connection:
            yield connection


@pytest.fixture(scope="module")
def lab(shared_home: Path) -> Iterator[Path]:
    """The home folder of the module's engine, which this process uses too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_HOME", str(shared_home))
        patch.setenv("DIGIT_LAB_PARK_AFTER", str(PARK_AFTER))  # for an engine that a test starts anew
        yield store.prepare_home()


@pytest.fixture(scope="module")
def engine(lab: Path, shared_engine: Engine) -> Engine:
    """The lab's engine, ready."""
    return shared_engine


@pytest.fixture
def book(lab: Path) -> Run:
    return store.find("book", lab)
