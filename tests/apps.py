"""The app and its parts without a browser (Streamlit's AppTest), with no limit in seconds but a test's own."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

SCRIPT = Path(__file__).parents[1] / "pages/_shared/app_frame.py"
NEVER = 3600.0  # seconds; pytest-timeout ends what hangs

# Each AppTest of Streamlit 1.67 reads the metadata of all installed packages anew, a quarter of a second long.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def new_app() -> AppTest:
    """The whole app, not run yet."""
    return AppTest.from_file(SCRIPT, default_timeout=NEVER)


def open_page(app: AppTest, name: str) -> AppTest:
    """Have ``app`` be on the page called ``name``, "draw" for Draw, when it runs next."""
    return app.switch_page(f"../{name}.py")


def app_of(script: Callable[..., None], *arguments: object) -> AppTest:
    """What ``script``, a function that imports all it needs, draws for ``arguments``; not run yet."""
    return AppTest.from_function(script, default_timeout=NEVER, args=arguments)
