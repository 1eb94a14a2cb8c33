"""A real engine with real workers, shared by a module's tests."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mnist_core.engine.client import Engine
from mnist_core.engine.protocol import EngineNotReady
from mnist_core.runs import store
from mnist_core.runs.run import Run
from tests.waiting import wait_until_gone

PARK_AFTER = 3.0  # seconds of a pause; people have a minute


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder for a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_HOME", str(tmp_path_factory.mktemp("lab")))
        patch.setenv("DIGIT_LAB_PARK_AFTER", str(PARK_AFTER))
        yield store.home()


@pytest.fixture(scope="module")
def engine(lab: Path) -> Iterator[Engine]:
    """The lab's engine, ready; when the module's tests are done it is told to stop, and then all of it is gone."""
    connection = Engine(lab)
    connection.wait()
    yield connection
    connection.close()
    with suppress(EngineNotReady):  # a test may have seen it leave
        process = connection.process()
        family = [process, *process.children(recursive=True)]
        process.terminate()
        wait_until_gone(family)


@pytest.fixture
def book(lab: Path) -> Run:
    return store.find("book", lab)
