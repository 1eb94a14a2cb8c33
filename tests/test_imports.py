"""Imports go one way, and the web process stays free of Keras. See "The house" in the README."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KERAS = {"keras", "tensorflow"}

# Who may import which rooms of mnist_core; config and errors are open to all.
ALLOWED = {
    "mnist_core/config.py": set(),
    "mnist_core/errors.py": set(),
    "mnist_core/published.py": set(),
    "mnist_core/digits": {"digits"},
    "mnist_core/foreign": {"foreign"},  # reads what strangers made: knows nothing else of the lab
    "mnist_core/network": {"digits", "network", "foreign"},
    "mnist_core/runs": {"runs", "foreign"},
    "mnist_core/room": {"digits", "room"},
    # The host rules over all of the lab.
    "mnist_core/room/desk.py": {"digits", "room", "runs", "engine"},
    "mnist_core/room/everyone.py": {"room", "runs"},
    "mnist_core/room/preflight.py": {"digits", "room", "runs", "engine"},
    "mnist_core/room/bundle.py": {"digits", "room", "runs", "foreign"},
    "mnist_core/figures": {"figures"},  # arrays in, figures out: no runs, no dataset
    "mnist_core/engine": {"digits", "runs", "engine", "foreign"},
    "mnist_core/engine/worker.py": {"digits", "runs", "engine", "network"},
    "mnist_core/engine/classifier.py": {"digits", "runs", "engine", "network"},
    "mnist_core/__main__.py": {"digits", "runs", "engine", "network", "room"},
    "pages": {"digits", "runs", "room", "engine", "figures", "published", "foreign"},
    "app.py": {"digits", "runs", "engine"},
}
OPEN = {"config", "errors", "__version__"}


def sources() -> list[Path]:
    return [ROOT / "app.py", *sorted((ROOT / "mnist_core").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]


def imported(path: Path, *, outside_functions: bool = False) -> set[str]:
    """The dotted names that a module imports, those for type checking left out."""
    tree = ast.parse(path.read_text())
    names: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return
        if outside_functions and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    return names


def allowed(path: Path) -> set[str]:
    place = path.relative_to(ROOT).as_posix()
    best = max((key for key in ALLOWED if place == key or place.startswith(f"{key}/")), key=len, default=None)
    assert best or path.name == "__init__.py", f"{place} is in no room"
    return ALLOWED.get(best, set())


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_from_the_rooms_it_may(path):
    rooms = {name.split(".")[1] for name in imported(path) if name.startswith("mnist_core.")}
    assert rooms - OPEN <= allowed(path)


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_network_room_imports_keras(path):
    if "network" not in path.parts:
        assert not {name.split(".")[0] for name in imported(path)} & KERAS


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_network_is_imported_inside_functions_elsewhere(path):
    if "network" not in path.parts:
        assert not {name for name in imported(path, outside_functions=True) if name.startswith("mnist_core.network")}


def test_the_core_never_imports_streamlit_nor_pyplot():
    for path in (ROOT / "mnist_core").rglob("*.py"):
        names = imported(path)
        assert not {name for name in names if name.startswith(("streamlit", "pages", "matplotlib.pyplot"))}, path
