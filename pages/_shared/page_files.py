"""The paths of the page files, by which Streamlit identifies pages."""

from pathlib import Path

FOLDER = Path(__file__).parents[1]


def page_file(name: str) -> Path:
    """Return the file of the page ``name``, such as "draw", as ``st.Page`` and ``st.switch_page`` take it."""
    return FOLDER / f"{name}.py"
