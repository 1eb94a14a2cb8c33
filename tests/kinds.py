"""A pytest plugin that marks each test with its kinds, by the fixtures that it uses, and checks quick tests.

``engine``, ``browser``, ``deploy``: the test uses a real one. ``keras``: it imports Keras in this process.
``processes``: it starts other processes. A test without a kind is quick: ``pytest --quick`` runs only those, and
does not even import the test modules that import Keras.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

KINDS = {  # kind: a test that uses one of these fixtures has it
    "engine": {"engine", "server"},
    "browser": {"browser"},
    "deploy": {"site"},
    "keras": {"keras"},
    "processes": {"processes"},
}
PROCESS_AUDIT_EVENTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec"}
KERAS_MODULES = ("keras", "tensorflow", "mnist_core.network")

_running_tests: list[pytest.Item] = []  # one at most


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="only tests that start no process and import no Keras")


def pytest_configure(config: pytest.Config) -> None:
    for kind, fixtures in KINDS.items():
        config.addinivalue_line("markers", f"{kind}: set by the fixtures {', '.join(sorted(fixtures))}")
    sys.addaudithook(_check_quick_test)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    quick = config.getoption("--quick") and collection_path.suffix == ".py"
    return True if quick and imports_keras(collection_path) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    modules_with_keras = {path for path in {item.path for item in items} if imports_keras(path)}
    for item in items:
        for kind, fixtures in KINDS.items():
            if fixtures & set(item.fixturenames):
                item.add_marker(kind)
        if item.path in modules_with_keras:
            item.add_marker("keras")
    if config.getoption("--quick"):
        slow = [item for item in items if kinds(item)]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not kinds(item)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _running_tests.append(item)
    try:
        return (yield)
    finally:
        _running_tests.remove(item)


def kinds(item: pytest.Item) -> set[str]:
    """The kinds of the test ``item``; empty for a quick test."""
    return {kind for kind in KINDS if item.get_closest_marker(kind)}


def imports_keras(path: Path) -> bool:
    """Whether the module at ``path`` imports Keras at its top level."""
    names = []
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.extend(f"{node.module}.{alias.name}" for alias in node.names)
    return any(name == module or name.startswith(f"{module}.") for name in names for module in KERAS_MODULES)


def _check_quick_test(event: str, arguments: tuple) -> None:
    """Fail a quick test that imports Keras or starts a process. Python calls this for each audit event."""
    watched = event in PROCESS_AUDIT_EVENTS or (event == "import" and arguments[0] in ("keras", "tensorflow"))
    if not watched or not _running_tests or kinds(_running_tests[0]):
        return
    if event == "import":
        raise AssertionError(f"This test imports {arguments[0]}: let it use the fixture keras.")
    raise AssertionError(f"This test starts a process ({event} {arguments[0]}): let it use the fixture processes.")
