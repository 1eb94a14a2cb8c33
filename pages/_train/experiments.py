"""Train, Experiments: prepared trainings that differ in one setting, to run with one click and compare."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from mnist_core import settings
from mnist_core.engine import queue
from mnist_core.runs import pace, store
from mnist_core.runs.experiments import Experiment, Outcome, any_in_progress, has_outcome
from mnist_core.runs.prepared_experiments import EXPERIMENTS
from mnist_core.runs.run import Run
from mnist_core.runs.status import QUEUED, Status
from pages._shared.fragments import polling_fragment
from pages._shared.identity import person
from pages._shared.messages import safe_callback
from pages._shared.queue_position import rerun_if_changed, show_queue_position
from pages._shared.run_status import STATES
from pages._shared.run_summary import format_last
from pages._shared.services import engine
from pages._shared.url_state import select_in_url
from pages._shared.wording import format_duration
from pages._train.curve_comparison import show_curve_comparison
from pages._train.tabs import open_run

EXPERIMENT_KEY = "experiment"  # session state and query parameter: the id of the selected experiment


def show_experiments() -> None:
    """Show the selection of an experiment, its text, the button that runs it, and its result."""
    experiment = EXPERIMENTS[
        select_in_url(
            st.container(),
            "Experiment",
            list(EXPERIMENTS),
            key=EXPERIMENT_KEY,
            default=lambda: next(iter(EXPERIMENTS)),
            format_func=lambda id_: EXPERIMENTS[id_].title,
        )
    ]
    runs = experiment.newest_set(store.list_runs(settings.home()))
    is_active = any_in_progress(runs.values())
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        st.subheader(experiment.question, anchor=False)
        st.markdown(experiment.reading)
        _show_run_button(experiment, has_runs=bool(runs), is_active=is_active)
    with right:
        if is_active:
            polling_fragment("1s")(_show_live)(experiment, runs, {n: run.status for n, run in runs.items()})
        else:
            _show(experiment, runs)


def _show_run_button(experiment: Experiment, *, has_runs: bool, is_active: bool) -> None:
    configs, home = experiment.configs(person()), settings.home()
    st.button(
        "Run it again" if has_runs else "Run this experiment",
        icon=":material/science:",
        type="secondary" if has_runs else "primary",
        disabled=is_active,
        on_click=safe_callback(lambda: engine().train_experiment(configs)),
    )
    seconds = sum(pace.expected_seconds(config, home) + queue.OVERHEAD_SECONDS for config in configs)
    st.caption(f"{len(configs)} trainings, together about {format_duration(seconds)} on this machine.")


def _show_live(experiment: Experiment, runs: Mapping[str, Run], shown: Mapping[str, Status]) -> None:
    for name, run in runs.items():
        rerun_if_changed(run, shown[name])
    statuses = {name: run.status for name, run in runs.items()}
    waiting = [runs[name] for name, status in statuses.items() if status.state == QUEUED]
    training = [name for name, status in statuses.items() if status.has_trainer]
    if training:
        st.progress(sum(run.progress for run in runs.values()) / len(runs), text=f"Training: {' and '.join(training)}")
    elif waiting:
        show_queue_position(waiting[0])
    _show(experiment, runs)


def _show(experiment: Experiment, runs: Mapping[str, Run]) -> None:
    expected, measured = st.columns(2)
    expected.info(f"**Expected.** {experiment.expected}", icon=":material/psychology_alt:")
    with measured:
        _show_finding(experiment, runs)
    started = {name: run for name, run in runs.items() if len(run.epochs["epoch"])}
    if started:
        show_curve_comparison(started, measures=("accuracy",), training=experiment.gap)
    if runs:
        st.dataframe(_table(runs), hide_index=True, width="stretch")
        st.caption("What it read right: of the digits that it learned from, of new ones, and of MNIST's test set.")
        _show_run_buttons(runs)


def _show_finding(experiment: Experiment, runs: Mapping[str, Run]) -> None:
    if experiment.has_ended(runs):
        finding = experiment.judge({name: Outcome.of(run) for name, run in runs.items()})
        if finding.as_expected:
            st.success(f"**Measured.** {finding.sentence}", icon=":material/check:")
        else:
            st.warning(f"**Measured, and not as expected.** {finding.sentence}", icon=":material/help:")
    elif runs and not any_in_progress(runs.values()):
        names = [variant.name for variant in experiment.variants]
        missing = [name for name in names if name not in runs or not has_outcome(runs[name].status)]
        st.warning(f"Nothing to compare: {' and '.join(missing)} did not end.", icon=":material/stop:")
    elif runs:
        st.info("**Measured.** Comes when the last training has ended.", icon=":material/hourglass_empty:")
    else:
        st.info("**Measured.** Nobody has run it here yet.", icon=":material/science:")


def _table(runs: Mapping[str, Run]) -> pd.DataFrame:
    """Return a row for each run: its progress and its accuracies."""
    rows = []
    for name, run in runs.items():
        status, epochs = run.status, run.epochs
        rows.append(
            {
                "Variant": name,
                "State": STATES[status.state].name,
                "Epochs": f"{len(epochs['epoch'])} of {run.config.total_epochs}",
                "Seconds": f"{status.seconds:.1f}",
                "Training": format_last(epochs["accuracy"], ".2%"),
                "New digits": format_last(epochs["val_accuracy"], ".2%"),
                "Test set": f"{status.scores['test_accuracy']:.2%}" if status.scores else "–",
            }
        )
    return pd.DataFrame(rows)


def _show_run_buttons(runs: Mapping[str, Run]) -> None:
    with st.container(horizontal=True):
        for name, run in runs.items():
            st.button(f"Look at {name}", key=f"look-{run.id}", type="tertiary", on_click=open_run, args=(run.id,))
