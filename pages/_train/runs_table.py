"""Train, Runs: a table of all runs, to search, sort, compare and manage them."""

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

import pandas as pd
import streamlit as st

from mnist_core import settings
from mnist_core.errors import RunError
from mnist_core.runs import scan
from mnist_core.runs.files import modified_ns
from mnist_core.runs.run import Run
from mnist_core.runs.view import ListedRun
from pages._shared.fragments import fragment, polling_fragment
from pages._shared.identity import person
from pages._shared.model_picker import distinct_names
from pages._shared.run_status import STATES, is_live
from pages._shared.url_state import set_query_param, toggle_in_url
from pages._train.curve_comparison import MAX_RUNS, MEASURES, show_curve_comparison
from pages._train.import_run import show_import
from pages._train.run.actions import show_actions

# Session state and query parameters: the search, comma-separated run ids, whether to show training curves too.
SEARCH_KEY, COMPARED_KEY, TRAINING_KEY = "search", "runs", "training"
COLUMNS = {
    "Who": st.column_config.TextColumn(width="small"),
    "Parameters": st.column_config.NumberColumn(format="localized"),
    "Epochs": st.column_config.NumberColumn(format="localized"),
    "Seconds": st.column_config.NumberColumn(format="%.1f", help="Of training alone."),
    "Test loss": st.column_config.NumberColumn(format="%.4f", help="In nats."),
    "Test accuracy": st.column_config.NumberColumn(format="%.2f %%"),
    "Errors": st.column_config.NumberColumn(format="localized", help="Of MNIST's 10,000 test digits."),
}


def show_runs() -> None:
    """Show the import, the table, and the comparison of the ticked runs."""
    with st.expander("Bring in a run or a model", icon=":material/upload_file:"):
        show_import()
    runs = list(reversed(scan.scan(settings.home()).runs))
    search = st.text_input(
        "Search",
        key=SEARCH_KEY,
        placeholder="name, who, recipe or state",
        bind="query-params",
        persist_state="session",
    )
    words = search.casefold().split()
    me = person()
    rows = [_row(listed, me) for listed in runs]
    hits = [index for index, row in enumerate(rows) if all(word in _text(row) for word in words)]
    if not hits:
        st.info(f"None of the {len(runs)} runs has these words.", icon=":material/search_off:")
    compared = _choose_runs([runs[index] for index in hits], [rows[index] for index in hits], runs)
    st.caption(f"{len(hits)} of {len(runs)} runs. Tick some to compare them, or one to rename, download or delete it.")
    if not compared:
        return
    make_fragment = polling_fragment("2s") if any(is_live(listed.status) for listed in compared) else fragment
    make_fragment(_compare)(compared)
    if len(compared) == 1:
        show_actions(compared[0].run)


def _choose_runs(shown: list[ListedRun], rows: list[dict], runs: list[ListedRun]) -> list[ListedRun]:
    """Show the table of ``shown``; return the ticked ones of ``runs``, also those that the search hides."""
    previous_ids = st.session_state.get(COMPARED_KEY, st.query_params.get(COMPARED_KEY, "")).split(",")
    ids = [run.id for run in shown]
    ticked = previous_ids
    if shown:
        event = st.dataframe(
            pd.DataFrame(rows),
            key=f"runs-{hash(tuple(ids))}",  # other rows make a new table: a tick belongs to a run, not to an index
            column_config=COLUMNS,
            hide_index=True,
            placeholder="–",  # what a run does not have yet, such as its scores
            on_select="rerun",
            selection_mode="multi-row",
            selection_default={"selection": {"rows": [index for index, id_ in enumerate(ids) if id_ in previous_ids]}},
        )
        ticked = [ids[index] for index in event.selection.rows] + [id_ for id_ in previous_ids if id_ not in ids]
    chosen = [run for run in runs if run.id in ticked]
    st.session_state[COMPARED_KEY] = ",".join(run.id for run in chosen)
    set_query_param(COMPARED_KEY, st.session_state[COMPARED_KEY])
    return chosen


def _compare(runs: list[ListedRun]) -> None:
    """Show the curves of ``runs``, and the names of those without curves."""
    drawable = [run for run in runs if len(_epochs(run.run))]
    without = [run.config.name for run in runs if run not in drawable]
    if without:
        st.caption(f"Without curves: {', '.join(without)}.")
    if len(drawable) > MAX_RUNS:
        st.caption(f"The first {MAX_RUNS} of them are drawn: more colours could not be told apart.")
    if drawable:
        show_training = toggle_in_url("Training digits too", key=TRAINING_KEY)
        names = distinct_names(drawable[:MAX_RUNS])
        runs_by_name = {names[run.id]: run for run in drawable[:MAX_RUNS]}
        show_curve_comparison(runs_by_name, measures=tuple(MEASURES), training=show_training)


def _epochs(run: Run) -> Collection[float]:
    """Return the epoch numbers; empty if the history is damaged, which is shown when the run is opened."""
    try:
        return run.read_epochs()["epoch"].tolist()
    except RunError:
        return ()


def _row(listed: ListedRun, me: str) -> dict:
    config, status = listed.config, listed.status
    scores = status.scores or {}
    accuracy = scores.get("test_accuracy")
    return {
        "Name": config.name,
        "Who": _owner(listed, me),
        "Recipe": f"{config.recipe}{', imported' if config.from_archive else ''}",
        "State": STATES[status.state].name,
        "Parameters": config.model.parameters,
        "Epochs": _epochs_done(listed),
        "Seconds": status.seconds or None,
        "Test loss": scores.get("test_loss"),
        "Test accuracy": accuracy if accuracy is None else 100 * accuracy,
        "Errors": scores.get("incorrect"),
    }


def _epochs_done(listed: ListedRun) -> int:
    path = listed.run.path / "epochs.csv"
    return _last_epoch(path, modified_ns(path))


@lru_cache(maxsize=4_096)
def _last_epoch(path: Path, _: int) -> int:
    """Return the last epoch in the history at ``path``; its time is part of the cache key."""
    return int(max(_epochs(Run(path.parent)), default=0))


def _owner(listed: ListedRun, me: str) -> str:
    config = listed.config
    if listed.shipped:
        return "the app"
    mine = "you" if config.person == me else ""
    return ", ".join(filter(None, (config.nickname, mine))) or ("command line" if not config.person else "–")


def _text(row: dict) -> str:
    return " ".join(str(row[name]) for name in ("Name", "Who", "Recipe", "State")).casefold()
