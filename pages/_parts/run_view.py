"""One run on the Train page: how it stands, its curves while they grow, and what it left."""

import numpy as np
import streamlit as st

from mnist_core.config import MAX_EPOCHS, RunConfig
from mnist_core.figures.functions import training_curves
from mnist_core.runs import store
from mnist_core.runs.run import CANCELLED, FAILED, FINISHED, INTERRUPTED, QUEUED, RUNNING, Run, RunError
from pages._parts.address import select_in_address
from pages._parts.charts import show_learning_curves
from pages._parts.figure import page_theme, show_figure
from pages._parts.lab import engine
from pages._parts.messages import acting, plain, telling
from pages._parts.model_picker import KEY as MODEL
from pages._parts.model_picker import label

RUN = "run"  # in the session and in the address: the id of the run on view
IN_WORDS = {
    QUEUED: "waiting in line",
    RUNNING: "training",
    FINISHED: "finished",
    CANCELLED: "cancelled; what it had learned is kept",
    FAILED: "failed",
    INTERRUPTED: "interrupted: whoever trained it is gone",
}


def choose_run() -> Run:
    """Show the choice of the run on view, the newest first; the address holds it."""
    runs = {run.id: run for run in reversed(store.list_runs(store.home()))}
    if not runs:
        raise RunError("There is no run to look at yet. Choose your settings and press Train.")
    newest = next((run_id for run_id, run in runs.items() if run.status.active), next(iter(runs)))
    chosen = select_in_address(
        st.container(),
        "Run",
        list(runs),
        key=RUN,
        default=newest,
        format_func=lambda run_id: label(runs[run_id]),
    )
    return runs[chosen]


def start(config: RunConfig) -> None:
    """Put a training in line and look at it: what the Train buttons do."""
    st.session_state[RUN] = engine().train(config).id


def show_run(run: Run) -> None:
    """Show ``run``, moving while it trains."""
    active = run.status.active
    st.fragment(telling(_live), run_every="500ms" if active else None)(run, drawn_active=active)
    if not active:
        _after(run)


def _live(run: Run, *, drawn_active: bool) -> None:
    status = run.status
    if drawn_active and not status.active:
        st.rerun()  # it has ended: a fragment cannot stop itself, so draw the page anew without run_every
    st.markdown(f"**{plain(run.config.name)}** · {IN_WORDS[status.state]}")
    if status.error:
        st.error(status.error, icon=":material/report:")
    if status.active:
        st.progress(run.progress, text=_progress_text(run))
        st.button("Cancel, keep what was learned", icon=":material/stop:", on_click=acting(run.ask_to_cancel))
    _numbers(run)
    show_learning_curves(run)


def _progress_text(run: Run) -> str:
    status, share = run.status, run.progress
    if status.state == QUEUED:
        return "Waiting for a free worker; it starts by itself."
    if not share:
        return "Starting: loading TensorFlow and building the network takes a few seconds."
    left = status.seconds / share * (1 - share)
    epoch = min(int(share * run.config.training.epochs) + 1, run.config.training.epochs)
    return (
        f"Epoch {epoch + run.config.inherited_epochs} of {run.config.total_epochs} · "
        f"{status.seconds:.0f} s so far, about {left:.0f} s left"
    )


def _numbers(run: Run) -> None:
    scores = run.status.scores
    with st.container(horizontal=True, gap="medium"):
        for name, value in (_final(scores) if scores else _latest(run)).items():
            st.metric(name, value, width="content")


def _final(scores: dict[str, float]) -> dict[str, str]:
    return {
        "Test accuracy": f"{scores['test_accuracy']:.2%}",
        "Test loss": f"{scores['test_loss']:.4f}",
        "Right": f"{scores['correct']:,}",
        "Wrong": f"{scores['incorrect']:,}",
    }


def _latest(run: Run) -> dict[str, str]:
    batches, epochs = run.batches, run.epochs
    return {
        "Batch loss": _last(batches["loss"], ".4f"),
        "Batch accuracy": _last(batches["accuracy"], ".2%"),
        "Test loss": _last(epochs["val_loss"], ".4f"),
        "Test accuracy": _last(epochs["val_accuracy"], ".2%"),
    }


def _last(column: np.ndarray, form: str) -> str:
    return format(column[-1], form) if len(column) else "–"


def _after(run: Run) -> None:
    if run.status.state in (INTERRUPTED, FAILED, CANCELLED) and not run.shipped:
        st.button(
            "Continue from where it stopped",
            icon=":material/play_arrow:",
            on_click=acting(lambda: engine().resume(run)),
        )
    if run.has_model:
        _use(run)
        _go_on(run)
        _downloads(run)
    with st.expander("The walk-through's figure: accuracy and loss of training and test digits"):
        show_figure(training_curves(run.epochs, theme=page_theme()))


def _use(run: Run) -> None:
    if st.session_state.get(MODEL) == run.id:
        st.success("Draw and Errors use this network now.", icon=":material/check:")
        return

    def use() -> None:
        st.session_state[MODEL] = run.id

    st.button("Use this network on Draw and Errors", icon=":material/draw:", on_click=use, type="primary")


def _go_on(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        epochs = st.number_input("Train it further, epochs", 1, MAX_EPOCHS, 5, key=f"further-{run.id}", width=220)
        st.button(
            "Train further",
            icon=":material/fast_forward:",
            on_click=acting(lambda: start(run.continuation(epochs=epochs))),
        )


def _downloads(run: Run) -> None:
    with st.container(horizontal=True):
        st.download_button("model.keras", run.model_path.read_bytes, f"{run.id}.keras", on_click="ignore")
        st.download_button("model.h5", lambda: _hdf5(run), f"{run.id}.h5", on_click="ignore")
        st.download_button("history.csv", (run.path / "epochs.csv").read_bytes, f"{run.id}.csv", on_click="ignore")


def _hdf5(run: Run) -> bytes:
    engine().wait()
    return engine().hdf5(run)
