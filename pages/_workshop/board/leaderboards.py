"""The board's leaderboards: six lists in large type."""

import html
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from mnist_core import settings
from mnist_core.engine.shared import EngineNotReady
from mnist_core.runs import leaderboards, scan
from mnist_core.runs.fine_tuning import MIN_DRAWINGS
from mnist_core.runs.leaderboards import GOAL_ACCURACY, MAX_ERRORS, LeaderboardEntry
from mnist_core.runs.run import Run
from mnist_core.runs.view import ListedRun
from pages._shared.services import engine, people, stored_drawings
from pages._workshop.board.drawing_wall import pictures_of
from pages._workshop.board.predictions import prediction_cache

MAX_ENTRIES = 5  # per list
NONE_YET = "No network yet. Train one on the page Train."
STYLE = """
<style>
.leaderboards {display: grid; gap: 1.2rem 2.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr));
  font-size: clamp(1rem, 1.4vw, 1.8rem);}
.leaderboards h3 {font-size: 1.15em; margin: 0 0 0.3rem; padding: 0;}
.leaderboards ol {font-size: 1em; margin: 0; padding: 0; list-style-position: inside;}
.leaderboards li {display: flex; gap: 0.6em; align-items: center; margin: 0; padding: 0.15rem 0; min-width: 0;
  font-size: 1em;}
.leaderboards .who {flex: 1; overflow: hidden; white-space: nowrap; text-overflow: ellipsis;}
.leaderboards .value {font-variant-numeric: tabular-nums; font-weight: 700; white-space: nowrap;}
.leaderboards img {height: 1.7em; image-rendering: pixelated; border-radius: 0.2rem;}
.leaderboards p {opacity: 0.7; font-size: 0.8em; margin: 0;}
</style>
"""


def show_leaderboards() -> None:
    """Show the six leaderboards, computed from runs and drawings on each call."""
    runs = scan.scan(settings.home()).runs
    ours = leaderboards.competing(runs)
    lists = [
        _runs_html("Best on MNIST's test set", leaderboards.best_accuracy(ours), lambda share: f"{share:.2%}"),
        _runs_html(
            f"Smallest with at most {MAX_ERRORS} errors",
            leaderboards.fewest_parameters(ours),
            lambda parameters: f"{parameters:,.0f} parameters",
        ),
        _runs_html(f"Fastest to {GOAL_ACCURACY:.0%}", leaderboards.fastest(ours), lambda seconds: f"{seconds:.1f} s"),
        _best_on_drawings_html(leaderboards.competing(runs, from_shipped=True)),
        *_drawings_html(),
    ]
    st.html(f'{STYLE}<div class="leaderboards">{"".join(lists)}</div>')
    st.caption(
        "Each person's best network trained here; shipped and imported ones do not compete. What a drawing is, is what "
        "whoever drew it says: look at the picture."
    )


def _runs_html(
    title: str,
    entries: Sequence[LeaderboardEntry],
    value: Callable[[float], str],
    *,
    note: str = "",
    empty: str = NONE_YET,
) -> str:
    shown = entries[:MAX_ENTRIES]
    names = people().nicknames([entry.run.config.person for entry in shown])
    rows = [(names.get(entry.run.config.person, ""), entry.run.config.name, value(entry.value)) for entry in shown]
    cells = [f"{_name_html(nickname, name)}{_value_html(text)}" for nickname, name, text in rows]
    return _list_html(title, cells, note=note, empty=empty)


def _best_on_drawings_html(runs: Sequence[ListedRun]) -> str:
    labelled = [summary for summary in stored_drawings().summaries() if summary.label is not None]
    ids, labels = [summary.id for summary in labelled], np.array([summary.label for summary in labelled], np.int64)
    trained = [listed for listed in runs if listed.run.has_model() and listed.status.scores]
    predictions, remaining = _predictions([listed.run for listed in trained], ids)
    note = f"{remaining:,} more network{'' if remaining == 1 else 's'} still to read our drawings" if remaining else ""
    return _runs_html(
        "Best on our drawings",
        leaderboards.best_on_drawings(trained, predictions, labels),
        lambda share: f"{share:.1%}",
        note=note,
        empty=f"It takes a network that was trained here, and {MIN_DRAWINGS} drawings to judge it by.",
    )


def _predictions(runs: Sequence[Run], ids: Sequence[str]) -> tuple[dict[str, np.ndarray], int]:
    """Return predictions by run id, and how many runs are left: a call loads at most one network that is not cached."""
    predictions: dict[str, np.ndarray] = {}
    loaded = False
    try:
        for run in runs:
            if prediction_cache().has(run) or not loaded:
                loaded |= not prediction_cache().has(run)
                predictions[run.id] = prediction_cache().predict(run, ids)
    except EngineNotReady:
        engine().ensure_started()
    return predictions, len(runs) - len(predictions)


def _drawings_html() -> list[str]:
    """Return the lists of wrong predictions and of non-digits with the highest confidence."""
    misread = sorted(
        (each for each in stored_drawings().summaries() if each.misread), key=lambda each: -each.confidence
    )
    lists = (
        ("Most confident wrong answer", [each for each in misread if each.label is not None]),
        ("The non-digit it was surest of", [each for each in misread if each.no_digit]),
    )
    lists_html = []
    for title, drawings in lists:
        shown = drawings[:MAX_ENTRIES]
        pictures = pictures_of([each.id for each in shown])
        cells = [
            f'<img src="{pictures[each.id]}" alt="">{_name_html(each.nickname or "", _error(each.label, each.answer))}'
            f"{_value_html(f'{each.confidence:.2%}')}"
            for each in shown
            if each.id in pictures
        ]
        lists_html.append(_list_html(title, cells, empty="None yet."))
    return lists_html


def _error(label: int | None, answer: int | None) -> str:
    return f"read as {answer}" if label is None else f"{label} read as {answer}"


def _name_html(nickname: str, what: str) -> str:
    first = f"<b>{html.escape(nickname)}</b> · " if nickname else ""
    return f'<span class="who">{first}{html.escape(what)}</span>'


def _value_html(text: str) -> str:
    return f'<span class="value">{html.escape(text)}</span>'


def _list_html(title: str, cells: Sequence[str], *, empty: str, note: str = "") -> str:
    rows = "".join(f"<li>{number}. {cell}</li>" for number, cell in enumerate(cells, start=1))
    last = "".join(f"<p>{html.escape(text)}</p>" for text in ([] if cells else [empty]) + ([note] if note else []))
    return f"<section><h3>{html.escape(title)}</h3><ol>{rows}</ol>{last}</section>"
