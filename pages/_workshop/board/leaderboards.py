"""The room's leaderboards: six lists, large enough for the last row."""

import html
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from mnist_core import settings
from mnist_core.engine.protocol import EngineNotReady
from mnist_core.runs import leaderboards, store
from mnist_core.runs.fine_tuning import FEWEST
from mnist_core.runs.leaderboards import GOAL, MOST_ERRORS, LeaderboardEntry
from mnist_core.runs.run import Run
from pages._shared.services import engine, people, room
from pages._workshop.board.drawing_wall import pictures_of
from pages._workshop.board.predictions import answers

SHOWN = 5  # places of a list
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
    """Worked out anew each time; nothing that people type is a score."""
    runs = store.list_runs(settings.home())
    ours = leaderboards.competing(runs)
    lists = [
        _runs_html("Best on MNIST's test set", leaderboards.best_accuracy(ours), lambda share: f"{share:.2%}"),
        _runs_html(
            f"Smallest with at most {MOST_ERRORS} errors",
            leaderboards.fewest_parameters(ours),
            lambda parameters: f"{parameters:,.0f} parameters",
        ),
        _runs_html(f"Fastest to {GOAL:.0%}", leaderboards.fastest(ours), lambda seconds: f"{seconds:.1f} s"),
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
    places: Sequence[LeaderboardEntry],
    value: Callable[[float], str],
    *,
    note: str = "",
    empty: str = NONE_YET,
) -> str:
    shown = places[:SHOWN]
    names = people().nicknames([place.run.config.person for place in shown])
    rows = [(names.get(place.run.config.person, ""), place.run.config.name, value(place.value)) for place in shown]
    cells = [f"{_who(nickname, name)}{_value(text)}" for nickname, name, text in rows]
    return _list_html(title, cells, note=note, empty=empty)


def _best_on_drawings_html(runs: Sequence[Run]) -> str:
    labelled = [summary for summary in room().summaries() if summary.label is not None]
    ids, labels = [summary.id for summary in labelled], np.array([summary.label for summary in labelled], np.int64)
    trained = [run for run in runs if run.has_model and run.status.scores]
    given, left = _answers(trained, ids)
    note = f"{left:,} more network{'' if left == 1 else 's'} still to read our drawings" if left else ""
    return _runs_html(
        "Best on our drawings",
        leaderboards.best_on_drawings(trained, given, labels),
        lambda share: f"{share:.1%}",
        note=note,
        empty=f"It takes a network that was trained here, and {FEWEST} drawings to judge it by.",
    )


def _answers(runs: Sequence[Run], ids: Sequence[str]) -> tuple[dict[str, np.ndarray], int]:
    """What ``runs`` read, by id, and how many are left for later: one new network is loaded at a time."""
    given: dict[str, np.ndarray] = {}
    loaded = False
    try:
        for run in runs:
            if answers().has(run) or not loaded:
                loaded |= not answers().has(run)
                given[run.id] = answers().of(run, ids)
    except EngineNotReady:
        engine().ensure_started()
    return given, len(runs) - len(given)


def _drawings_html() -> list[str]:
    """The drawings that a network was surest of and should not have been."""
    misread = sorted((each for each in room().summaries() if each.misread), key=lambda each: -each.sure)
    lists = (
        ("Most confident wrong answer", [each for each in misread if each.label is not None]),
        ("The non-digit it was surest of", [each for each in misread if each.no_digit]),
    )
    found = []
    for title, drawings in lists:
        shown = drawings[:SHOWN]
        pictures = pictures_of([each.id for each in shown])
        cells = [
            f'<img src="{pictures[each.id]}" alt="">{_who(each.nickname or "", _mistake(each.label, each.answer))}'
            f"{_value(f'{each.sure:.2%}')}"
            for each in shown
            if each.id in pictures
        ]
        found.append(_list_html(title, cells, empty="None yet."))
    return found


def _mistake(label: int | None, answer: int | None) -> str:
    return f"read as {answer}" if label is None else f"{label} read as {answer}"


def _who(nickname: str, what: str) -> str:
    first = f"<b>{html.escape(nickname)}</b> · " if nickname else ""
    return f'<span class="who">{first}{html.escape(what)}</span>'


def _value(text: str) -> str:
    return f'<span class="value">{html.escape(text)}</span>'


def _list_html(title: str, cells: Sequence[str], *, empty: str, note: str = "") -> str:
    rows = "".join(f"<li>{number}. {cell}</li>" for number, cell in enumerate(cells, start=1))
    last = "".join(f"<p>{html.escape(text)}</p>" for text in ([] if cells else [empty]) + ([note] if note else []))
    return f"<section><h3>{html.escape(title)}</h3><ol>{rows}</ol>{last}</section>"
