"""Helpers that run the app, or a part of it, without a browser (Streamlit's AppTest)."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

SCRIPT = Path(__file__).parents[1] / "pages/_shared/app_frame.py"
TIMEOUT_SECONDS = 3600.0  # in effect none: pytest-timeout ends a test that hangs

# Each AppTest of Streamlit 1.67 reads the metadata of all installed packages again, which takes 0.25 s.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def new_app() -> AppTest:
    """The whole app, not run yet."""
    return AppTest.from_file(SCRIPT, default_timeout=TIMEOUT_SECONDS)


def open_page(app: AppTest, name: str) -> AppTest:
    """Switch ``app`` to the page called ``name``, for example "draw"; the next run shows it."""
    return app.switch_page(f"../{name}.py")


def app_of(script: Callable[..., None], *arguments: object) -> AppTest:
    """An app that calls ``script(*arguments)``, not run yet. ``script`` is a function that imports all it needs."""
    return AppTest.from_function(script, default_timeout=TIMEOUT_SECONDS, args=arguments)
