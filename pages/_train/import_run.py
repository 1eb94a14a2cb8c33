"""Train, Runs: the import of a network that was trained elsewhere, or of a run of another lab."""

from pathlib import Path

import streamlit as st

from mnist_core import settings
from mnist_core.config import MAX_NAME_LENGTH
from mnist_core.errors import RunError
from mnist_core.runs import archive, store
from mnist_core.runs.archive import MAX_MEGABYTES
from mnist_core.runs.run import Run
from mnist_core.untrusted.import_report import MIN_RIGHT
from pages._shared.fragments import fragment
from pages._shared.identity import person
from pages._shared.messages import escape_markdown
from pages._shared.model_picker import show_use_button
from pages._shared.services import engine
from pages._train.tabs import open_run

IMPORTED_KEY = "imported_model"  # session state: the id of the run that this person imported last


@fragment
def show_import() -> None:
    """Show the upload and the import button, then the imported run with its import report."""
    st.markdown(
        "**A run of another lab**, downloaded there as a zip; or **any Keras network** of Dense layers for 28 × 28 "
        "digits, a `.keras` or `.h5` file of Keras 2 or 3. Which pixels it expects is found by trying. Either is "
        "scored here anew."
    )
    file = st.file_uploader(
        "Zip or model file",
        type=["zip", "keras", "h5", "hdf5"],
        max_upload_size=MAX_MEGABYTES,
        help="Nothing in it is run.",
    )
    content = file.getvalue() if file else b""
    is_run = archive.is_run(content)
    name, default_name = "", _default_name(file.name) if file else ""
    if file and not is_run:
        name = st.text_input("Name of the run", placeholder=default_name, max_chars=MAX_NAME_LENGTH).strip()
    if st.button("Import", icon=":material/upload_file:", type="primary", disabled=file is None):
        st.session_state.pop(IMPORTED_KEY, None)
        with st.spinner("Reading it, and scoring it on the test set"):
            engine().wait()
            run = (
                engine().import_run(content, person())
                if is_run
                else engine().import_model(content, name or default_name, person())
            )
        st.session_state[IMPORTED_KEY] = run.id
        st.rerun()  # the whole page: the table is outside of this fragment
    if IMPORTED_KEY in st.session_state:
        _show_imported(st.session_state[IMPORTED_KEY])


def _default_name(file_name: str) -> str:
    """Return the run name that is used if none is typed."""
    return "".join(filter(str.isprintable, Path(file_name).stem)).strip()[:MAX_NAME_LENGTH] or "imported"


def _show_imported(run_id: str) -> None:
    try:
        run = store.find(run_id, settings.home())
        listed = run.listed()
    except RunError:  # it was deleted
        return
    scores = listed.status.scores
    score_text = f": {scores['test_accuracy']:.2%} right on the test set" if scores else ""
    st.success(f"**{escape_markdown(listed.config.name)}** is among the runs{score_text}.", icon=":material/check:")
    show_findings(run)
    with st.container(horizontal=True):
        if st.button("Look at it", icon=":material/monitoring:", on_click=open_run, args=(run.id,)):
            st.rerun()  # the whole page: the selected run is outside of this fragment
        show_use_button(run, "imported")


def show_findings(run: Run) -> None:
    """Show the import report of ``run``'s model; nothing if ``run`` was not imported."""
    findings = run.read_import_report()
    if not findings:
        return
    report = " ".join(map(escape_markdown, findings.sentences))
    if findings.right < MIN_RIGHT:
        st.warning(report, icon=":material/help:")
    else:
        st.info(report, icon=":material/search:")
