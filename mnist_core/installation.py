"""Where this copy of Digit Lab lies: in a checkout, or installed from a wheel."""

from pathlib import Path

_IN_WHEEL = Path(__file__).with_name("_app")  # a wheel has app.py, pages/ and .streamlit/ here; see pyproject.toml
INSTALLED = _IN_WHEEL.is_dir()
APP_FOLDER = _IN_WHEEL if INSTALLED else Path(__file__).parents[1]  # with app.py
