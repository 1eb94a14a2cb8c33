"""Train, Runs: a network that was trained elsewhere, or a run of another lab, becomes a run like the others."""

from pathlib import Path

import streamlit as st

from mnist_core import settings
from mnist_core.config import MAX_NAME_LENGTH
from mnist_core.runs import archive, store
from mnist_core.runs.archive import MAX_MEGABYTES
from mnist_core.runs.run import Run, RunError
from mnist_core.untrusted.import_report import FEW, Findings
from pages._shared.fragments import fragment
from pages._shared.identity import person
from pages._shared.messages import escape_markdown
from pages._shared.model_picker import offer_to_use
from pages._shared.services import engine
from pages._train.tabs import open_run

IMPORTED = "imported_model"  # in the session: the id of the run that this person imported last


@fragment
def show_import() -> None:
    """Take a file, say what was found out about it, and lead to the run that it became."""
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
    own_name = archive.is_run(content)
    if file and not own_name:
        name = st.text_input("Name of the run", placeholder=_stem(file.name), max_chars=MAX_NAME_LENGTH).strip()
    if st.button("Import", icon=":material/upload_file:", type="primary", disabled=file is None):
        st.session_state.pop(IMPORTED, None)
        with st.spinner("Reading it, and scoring it on the test set"):
            engine().wait()
            run = (
                engine().import_run(content, person())
                if own_name
                else engine().import_model(content, name or _stem(file.name), person())
            )
        st.session_state[IMPORTED] = run.id
        st.rerun()  # all of the page: the table stands outside of this fragment
    if IMPORTED in st.session_state:
        _show_imported(st.session_state[IMPORTED])


def _stem(file_name: str) -> str:
    """The name of a run whose person gave none."""
    return "".join(filter(str.isprintable, Path(file_name).stem)).strip()[:MAX_NAME_LENGTH] or "imported"


def _show_imported(run_id: str) -> None:
    try:
        run = store.find(run_id, settings.home())
    except RunError:  # deleted since
        return
    score = run.status.scores["test_accuracy"]
    st.success(
        f"**{escape_markdown(run.config.name)}** is among the runs: {score:.2%} right on the test set.",
        icon=":material/check:",
    )
    show_findings(run)
    with st.container(horizontal=True):
        if st.button("Look at it", icon=":material/monitoring:", on_click=open_run, args=(run.id,)):
            st.rerun()  # all of the page: the run on view stands outside of this fragment
        offer_to_use(run, "imported")


def show_findings(run: Run) -> None:
    """Say what was found out about ``run``'s model when it was imported; nothing for other runs."""
    findings = Findings.read(run.path)
    if not findings:
        return
    report = " ".join(map(escape_markdown, findings.sentences))
    if findings.right < FEW:
        st.warning(report, icon=":material/help:")
    else:
        st.info(report, icon=":material/search:")
