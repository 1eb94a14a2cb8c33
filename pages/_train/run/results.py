"""The results of an ended run, and its further training."""

from dataclasses import replace

import streamlit as st

from mnist_core.config import MAX_EPOCHS, ON_HELD_OUT
from mnist_core.figures.training_curves import training_curves
from mnist_core.runs.run import Run
from pages._shared.identity import person
from pages._shared.model_picker import show_use_button
from pages._shared.selected_run import train_callback
from pages._shared.services import engine
from pages._shared.widgets.figure import page_theme, show_figure
from pages._train.import_run import show_findings


def show_results(run: Run) -> None:
    """Show the further training, the downloads and the figure of ``run``."""
    if run.has_model():
        show_use_button(run, "results", prominent=True)
        _show_further_training(run)
        _downloads(run)
    config = run.read_config()
    if config.trained_elsewhere:  # it has no history
        show_findings(run)
        return
    with st.expander("The walk-through's figure: accuracy and loss of training and test digits"):
        validation = "Validation" if config.training.validation == ON_HELD_OUT else "Test"
        show_figure(training_curves, run.read_epochs(), validation=validation, theme=page_theme())


def _show_further_training(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        epochs = st.number_input("Train it further, epochs", 1, MAX_EPOCHS, 5, key=f"further-{run.id}", width=220)
        st.button(
            "Train further",
            icon=":material/fast_forward:",
            on_click=train_callback(lambda: replace(run.continuation(epochs=epochs), person=person())),
        )


def _downloads(run: Run) -> None:
    with st.container(horizontal=True):
        st.download_button("model.keras", run.model_path.read_bytes, f"{run.id}.keras", on_click="ignore")
        st.download_button("model.h5", lambda: _hdf5(run), f"{run.id}.h5", on_click="ignore")
        st.download_button("history.csv", (run.path / "epochs.csv").read_bytes, f"{run.id}.csv", on_click="ignore")


def _hdf5(run: Run) -> bytes:
    engine().wait()
    return engine().hdf5(run)
