"""The import rules: imports between packages go one way, and Keras stays out of the web process."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IMPORTABLE_EVERYWHERE = {
    "__version__",
    "activations",
    "config",
    "errors",
    "installation",
    "predictions",
    "published",
    "recipes",
    "settings",
}
ENGINE_CLIENT_MODULES = {"engine.client", "engine.embedding_maps", "engine.shared", "engine.queue"}

# What each package, or single module, may import of mnist_core, besides itself and IMPORTABLE_EVERYWHERE.
MAY_IMPORT = {
    "mnist_core": set(),
    "mnist_core.digits": set(),
    "mnist_core.untrusted": set(),
    "mnist_core.figures": set(),
    "mnist_core.network": {"digits", "untrusted"},
    "mnist_core.runs": {"digits", "untrusted"},
    "mnist_core.evaluation": {"runs", "digits"},
    "mnist_core.room": {"digits"},
    "mnist_core.engine": {"runs", "evaluation", "digits", "untrusted"},
    "mnist_core.engine.worker": {"engine", "network", "runs", "evaluation", "digits", "untrusted"},
    "mnist_core.engine.classifier": {"engine", "network", "runs", "evaluation", "digits", "untrusted"},
    "mnist_core.host": {*ENGINE_CLIENT_MODULES, "room", "evaluation", "runs", "digits", "untrusted"},
    "mnist_core.cli": {"engine", "network", "host", "room", "evaluation", "runs", "digits", "untrusted"},
    "mnist_core.__main__": {"cli"},
    "pages": {*ENGINE_CLIENT_MODULES, "host", "room", "evaluation", "runs", "digits", "untrusted", "figures"},
    "app": {*ENGINE_CLIENT_MODULES, "host", "room", "evaluation", "runs", "digits", "untrusted", "figures"},
}


@dataclass(frozen=True)
class Import:
    """An import of ``name``, a dotted module name or a name in a module, in line ``line``."""

    name: str
    line: int
    in_function: bool


def modules() -> dict[str, Path]:
    """All modules of the app by their dotted names."""
    paths = [ROOT / "app.py", *sorted((ROOT / "mnist_core").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def imports_of(path: Path) -> Iterator[Import]:
    """The imports of a module, except those for type checking."""

    def visit(node: ast.AST, *, in_function: bool) -> Iterator[Import]:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, in_function) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(f"{node.module}.{alias.name}", node.lineno, in_function) for alias in node.names)
        inside = in_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, in_function=inside)

    return visit(ast.parse(path.read_text()), in_function=False)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def rule_for(module: str) -> str:
    """The longest entry of MAY_IMPORT that applies to ``module``."""
    return max((entry for entry in MAY_IMPORT if is_within(module, entry)), key=len)


def broken_rules(module: str, path: Path) -> Iterator[str]:
    """Yield one sentence for each import of ``module`` that breaks a rule, with the import and the rule."""
    package = rule_for(module)
    for found in imports_of(path):
        location = f"{path.relative_to(ROOT)}:{found.line} imports {found.name}"
        if found.name.startswith("mnist_core."):
            target = found.name.removeprefix("mnist_core.")
            own = package.removeprefix("mnist_core.")
            allowed = MAY_IMPORT[package] | IMPORTABLE_EVERYWHERE | {own}
            if not any(is_within(target, package_name) for package_name in allowed):
                yield f"{location}. Rule: {package} may import {', '.join(sorted(allowed))} only."
            if target.startswith("network.") and not module.startswith("mnist_core.network") and not found.in_function:
                yield f"{location}. Rule: the network, which needs Keras, is imported inside functions only."
        if found.name.partition(".")[0] in ("keras", "tensorflow") and not is_within(module, "mnist_core.network"):
            yield f"{location}. Rule: only mnist_core.network imports Keras and TensorFlow."
        if found.name.startswith(("streamlit", "pages")) and module.startswith("mnist_core"):
            yield f"{location}. Rule: mnist_core knows nothing of the pages and of Streamlit."
        if found.name.startswith("matplotlib.pyplot"):
            yield f"{location}. Rule: figures are made without pyplot, whose state all threads would share."
        if found.name.startswith("pages._"):
            folders = {"pages._shared", *(f"pages._{page}" for page in [page_of(module)] if page)}
            if not any(is_within(found.name, folder) for folder in folders):
                yield f"{location}. Rule: a page imports from its own folder and from pages._shared only."


def page_of(module: str) -> str:
    """The page that a module belongs to, "draw" for pages.draw and for pages._draw.canvas; "" for shared ones."""
    parts = module.split(".")
    page = parts[1].removeprefix("_") if parts[0] == "pages" and len(parts) > 1 else ""
    return "" if page == "shared" else page


@pytest.mark.parametrize("module", modules())
def test_a_module_follows_the_import_rules(module):
    assert list(broken_rules(module, modules()[module])) == []
