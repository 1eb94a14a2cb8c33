"""Train, Runs: a table of all runs, to search, sort, compare and keep in order."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd
import streamlit as st

from mnist_core import settings
from mnist_core.runs import store
from mnist_core.runs.files import changed
from mnist_core.runs.run import Run, RunError
from pages._shared.fragments import fragment, polling_fragment
from pages._shared.identity import person
from pages._shared.model_picker import distinct_names
from pages._shared.run_status import STATES, is_live
from pages._shared.url_state import put_in_address, text_in_address, toggle_in_address
from pages._train.curve_comparison import MEASURES, MOST, show_overlay
from pages._train.import_run import show_import
from pages._train.run.actions import show_actions

# In the session and in the address: what is searched for, ids with commas between, whether training is drawn too.
SEARCH, COMPARED, TRAINING = "search", "runs", "training"
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
    """Show the table, what is compared, and the way in for others' runs."""
    with st.expander("Bring in a run or a model", icon=":material/upload_file:"):
        show_import()
    runs = list(reversed(store.list_runs(settings.home())))
    words = text_in_address("Search", key=SEARCH, placeholder="name, who, recipe or state").casefold().split()
    rows = [_row(run) for run in runs]
    found = [place for place, row in enumerate(rows) if all(word in _text(row) for word in words)]
    if not found:
        st.info(f"None of the {len(runs)} runs has these words.", icon=":material/search_off:")
    compared = _choose([runs[place] for place in found], [rows[place] for place in found], runs)
    st.caption(f"{len(found)} of {len(runs)} runs. Tick some to compare them, or one to rename, download or delete it.")
    if not compared:
        return
    kind = polling_fragment("2s") if any(is_live(run.status) for run in compared) else fragment
    kind(_compare)(compared)
    if len(compared) == 1:
        show_actions(compared[0])


def _choose(shown: list[Run], rows: list[dict], runs: list[Run]) -> list[Run]:
    """The table of ``shown``, and those of ``runs`` that are ticked, whether the search hides them or not."""
    asked = st.session_state.get(COMPARED, st.query_params.get(COMPARED, "")).split(",")
    ids = [run.id for run in shown]
    ticked = asked
    if shown:
        event = st.dataframe(
            pd.DataFrame(rows),
            key=f"runs-{hash(tuple(ids))}",  # other rows make another table: a tick belongs to a run, not to a place
            column_config=COLUMNS,
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            selection_default={"selection": {"rows": [place for place, each in enumerate(ids) if each in asked]}},
        )
        ticked = [ids[place] for place in event.selection.rows] + [each for each in asked if each not in ids]
    chosen = [run for run in runs if run.id in ticked]
    st.session_state[COMPARED] = ",".join(run.id for run in chosen)
    put_in_address(COMPARED, st.session_state[COMPARED])
    return chosen


def _compare(runs: list[Run]) -> None:
    """The curves of ``runs``; of those without any, their names."""
    curves = [run for run in runs if len(_epochs(run))]
    without = [run.config.name for run in runs if run not in curves]
    if without:
        st.caption(f"Without curves: {', '.join(without)}.")
    if len(curves) > MOST:
        st.caption(f"The first {MOST} of them are drawn: more colours could not be told apart.")
    if curves:
        both = toggle_in_address("Training digits too", key=TRAINING)
        names = distinct_names(curves[:MOST])
        named = {names[run.id]: run for run in curves[:MOST]}
        show_overlay(named, measures=tuple(MEASURES), training=both)


def _epochs(run: Run) -> Sequence[float]:
    """The numbers of its epochs; none where its history is damaged, which is told when it is looked at."""
    try:
        return run.epochs["epoch"]
    except RunError:
        return ()


def _row(run: Run) -> dict:
    written = tuple(changed(run.path / name) for name in ("config.json", "status.json", "epochs.csv"))
    return _row_as_of(run.path, written) | {"Who": _who(run), "State": STATES[run.status.state].name}


@lru_cache(maxsize=2_000)
def _row_as_of(path: Path, _: tuple[int, ...]) -> dict:
    """What the table says of the run at ``path``, read anew only when one of its files has changed."""
    run = Run(path)
    config, status = run.config, run.status
    scores = status.scores or {}
    accuracy = scores.get("test_accuracy")
    return {
        "Name": config.name,
        "Who": "",
        "Recipe": f"{config.recipe}{', imported' if config.from_archive else ''}",
        "State": "",
        "Parameters": config.model.parameters,
        "Epochs": max(_epochs(run), default=0),
        "Seconds": status.seconds or None,
        "Test loss": scores.get("test_loss"),
        "Test accuracy": accuracy if accuracy is None else 100 * accuracy,
        "Errors": scores.get("incorrect"),
    }


def _who(run: Run) -> str:
    if run.shipped:
        return "the app"
    mine = "you" if run.config.person == person() else ""
    return ", ".join(filter(None, (run.config.nickname, mine))) or ("command line" if not run.config.person else "–")


def _text(row: dict) -> str:
    return " ".join(str(row[name]) for name in ("Name", "Who", "Recipe", "State")).casefold()
