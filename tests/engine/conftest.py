"""Fixtures for a real engine with real workers, shared by all tests of one pytest-xdist worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_core.engine.client import EngineClient
from mnist_core.runs import store
from mnist_core.runs.run import Run
from tests.engine.labs import SUSPEND_AFTER_SECONDS, running_engine


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def shared_engine(shared_home: Path) -> Iterator[EngineClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_PARK_AFTER", str(SUSPEND_AFTER_SECONDS))
        with running_engine(shared_home) as connection:
            yield connection


@pytest.fixture(scope="module")
def lab(shared_home: Path) -> Iterator[Path]:
    """The home folder of the shared engine, also set as the home of this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_HOME", str(shared_home))
        patch.setenv("DIGIT_LAB_PARK_AFTER", str(SUSPEND_AFTER_SECONDS))  # for an engine that a test starts itself
        yield store.prepare_home()


@pytest.fixture(scope="module")
def engine(lab: Path, shared_engine: EngineClient) -> EngineClient:
    """The engine of the home folder ``lab``, ready."""
    return shared_engine


@pytest.fixture
def book(lab: Path) -> Run:
    return store.find("book", lab)
