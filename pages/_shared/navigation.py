"""Where the pages' files are: Streamlit names a page by its file."""

from pathlib import Path

FOLDER = Path(__file__).parents[1]


def page_file(name: str) -> Path:
    """The file of the page called ``name``, "draw" for Draw, as ``st.Page`` and ``st.switch_page`` take it."""
    return FOLDER / f"{name}.py"
