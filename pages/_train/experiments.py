"""Train, Experiments: prepared trainings that differ in one setting, to run with one click and compare."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from mnist_core import settings
from mnist_core.engine import queue
from mnist_core.errors import RunError
from mnist_core.runs import pace, scan
from mnist_core.runs.experiments import Experiment, Outcome, any_in_progress, has_outcome
from mnist_core.runs.prepared_experiments import EXPERIMENTS
from mnist_core.runs.status import QUEUED
from mnist_core.runs.view import ListedRun
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
    runs = _newest_set(experiment)
    is_active = any_in_progress(runs.values())
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        st.subheader(experiment.question, anchor=False)
        st.markdown(experiment.reading)
        _show_run_button(experiment, has_runs=bool(runs), is_active=is_active)
    with right:
        if is_active:
            polling_fragment("1s")(_show_live)(experiment, runs)
        else:
            _show(experiment, runs)


def _newest_set(experiment: Experiment) -> dict[str, ListedRun]:
    return experiment.newest_set(scan.scan(settings.home()).own)


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


def _show_live(experiment: Experiment, shown: Mapping[str, ListedRun]) -> None:
    for listed in shown.values():
        rerun_if_changed(listed.run, listed.status)
    runs = {name: listed.run.listed() for name, listed in shown.items()}
    waiting = [listed for listed in runs.values() if listed.status.state == QUEUED]
    training = [name for name, listed in runs.items() if listed.status.has_trainer]
    if training:
        shares = [listed.read_progress() for listed in runs.values()]
        st.progress(sum(shares) / len(shares), text=f"Training: {' and '.join(training)}")
    elif waiting:
        show_queue_position(waiting[0].run)
    _show(experiment, runs)


def _show(experiment: Experiment, runs: Mapping[str, ListedRun]) -> None:
    expected, measured = st.columns(2)
    expected.info(f"**Expected.** {experiment.expected}", icon=":material/psychology_alt:")
    with measured:
        runs = _with_readable_history(runs)
        _show_finding(experiment, runs)
    started = {name: listed for name, listed in runs.items() if len(listed.run.read_epochs()["epoch"])}
    if started:
        show_curve_comparison(started, measures=("accuracy",), training=experiment.gap)
    if runs:
        st.dataframe(_table(runs), hide_index=True, width="stretch")
        st.caption("What it read right: of the digits that it learned from, of new ones, and of MNIST's test set.")
        _show_run_buttons(runs)


def _with_readable_history(runs: Mapping[str, ListedRun]) -> dict[str, ListedRun]:
    """Return the runs whose epochs.csv can be read, and show the errors of the others."""
    readable = {}
    for name, listed in runs.items():
        try:
            listed.run.read_epochs()
        except RunError as error:
            st.warning(str(error), icon=":material/report:")
        else:
            readable[name] = listed
    return readable


def _show_finding(experiment: Experiment, runs: Mapping[str, ListedRun]) -> None:
    if experiment.has_ended(runs):
        finding = experiment.judge({name: Outcome.of(listed) for name, listed in runs.items()})
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


def _table(runs: Mapping[str, ListedRun]) -> pd.DataFrame:
    """Return a row for each run: its progress and its accuracies."""
    rows = []
    for name, listed in runs.items():
        status, epochs = listed.status, listed.run.read_epochs()
        rows.append(
            {
                "Variant": name,
                "State": STATES[status.state].name,
                "Epochs": f"{len(epochs['epoch'])} of {listed.config.total_epochs}",
                "Seconds": f"{status.seconds:.1f}",
                "Training": format_last(epochs["accuracy"], ".2%"),
                "New digits": format_last(epochs["val_accuracy"], ".2%"),
                "Test set": f"{status.scores['test_accuracy']:.2%}" if status.scores else "–",
            }
        )
    return pd.DataFrame(rows)


def _show_run_buttons(runs: Mapping[str, ListedRun]) -> None:
    with st.container(horizontal=True):
        for name, run in runs.items():
            st.button(f"Look at {name}", key=f"look-{run.id}", type="tertiary", on_click=open_run, args=(run.id,))
