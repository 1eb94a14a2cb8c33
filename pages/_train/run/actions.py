"""Actions on one run of the table: select, use, download, rename and delete it."""

import streamlit as st

from mnist_core.config import MAX_NAME_LENGTH
from mnist_core.runs import archive, store
from mnist_core.runs.run import Run
from pages._shared.identity import person
from pages._shared.messages import escape_markdown, safe_callback
from pages._shared.model_picker import show_use_button
from pages._train.tabs import open_run


def show_actions(run: Run) -> None:
    """Show the actions that this person may apply to ``run``."""
    config = run.read_config()
    st.subheader(escape_markdown(config.name), anchor=False)
    if config.from_archive:
        st.caption("Imported: its scores were found anew here, its curves and times are what the other lab wrote.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Look at it", icon=":material/monitoring:", on_click=open_run, args=(run.id,))
        if run.has_model() and not run.read_status().active:
            st.download_button(
                "Download as zip",
                lambda: archive.pack(run),
                f"{run.id}.zip",
                icon=":material/download:",
                on_click="ignore",
                help="All of it, to bring in elsewhere.",
            )
            show_use_button(run, "table")
    if run.shipped:
        st.caption("It came with the app, so it keeps its name and stays.")
    elif config.person not in ("", person()):
        st.caption("Somebody else's: only who started it can rename or delete it.")
    else:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _rename(run, config.name)
            _delete(run, config.name)


def _rename(run: Run, name: str) -> None:
    key = f"rename-{run.id}-{name}"  # a new widget for each name
    st.text_input("Name", name, key=key, max_chars=MAX_NAME_LENGTH, width=300)
    st.button(
        "Rename",
        icon=":material/edit:",
        on_click=safe_callback(lambda: store.rename(run, st.session_state[key])),
    )


def _delete(run: Run, name: str) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.write(f"Delete **{escape_markdown(name)}** with its network and curves? There is no way back.")
        st.button("Delete it for good", type="primary", on_click=safe_callback(run.delete), key=f"delete-{run.id}")
