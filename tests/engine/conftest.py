"""A real engine with real workers, shared by a module's tests."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mnist_core.engine.client import Engine
from mnist_core.runs import store


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder for a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_HOME", str(tmp_path_factory.mktemp("lab")))
        yield store.home()


@pytest.fixture(scope="module")
def engine(lab: Path) -> Iterator[Engine]:
    """The lab's engine, ready; it is gone when the module's tests are."""
    connection = Engine(lab)
    connection.wait()
    yield connection
    process = connection.process()
    family = [process, *process.children(recursive=True)]
    connection.close()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive, "the engine left processes behind"
