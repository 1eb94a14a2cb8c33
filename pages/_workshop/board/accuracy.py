"""The board's accuracy view: a network's accuracy on MNIST and on the room's drawings, and its confusion matrix."""

import html

import numpy as np
import streamlit as st

from mnist_core.config import CLASSES
from mnist_core.engine.shared import EngineNotReady
from mnist_core.evaluation.scores import confusion_matrix, most_frequent_mix_ups
from mnist_core.figures.colours import TEST_COLOUR
from mnist_core.figures.matrix_tints import matrix_tints
from mnist_core.runs.leaderboards import TRAINED_ON
from mnist_core.runs.run import Run
from pages._shared.model_picker import chosen_run
from pages._shared.services import engine, stored_drawings
from pages._workshop.board.drawing_wall import pictures_of
from pages._workshop.board.predictions import prediction_cache

MAX_EXAMPLES = 5  # pictures of a mix-up
STYLE = """
<style>
.board-scores {display: flex; flex-wrap: wrap; gap: 1rem 3rem;}
.board-scores b {display: block; font-size: clamp(3rem, 6.5vw, 8rem); line-height: 1.1;
  font-variant-numeric: tabular-nums;}
.board-scores span, .board-worst {font-size: clamp(1.1rem, 1.6vw, 2rem);}
.board-worst div {display: flex; align-items: center; gap: 0.5rem; margin-top: 0.6rem; flex-wrap: wrap;}
.board-worst p {font-size: inherit; margin: 0; min-width: 11em;}
.board-worst img {width: clamp(2.5rem, 4.2vw, 5rem); image-rendering: pixelated; border-radius: 0.25rem;}
.board-matrix {border-collapse: collapse; width: 100%; max-width: 62rem; table-layout: fixed; text-align: center;
  font-size: clamp(0.8rem, 1.5vw, 1.9rem); font-variant-numeric: tabular-nums;}
.board-matrix td, .board-matrix th {border: 1px solid #8884; padding: 0; height: 2.4em; font-weight: 400;}
.board-matrix th {border: none; font-weight: 700;}
.board-matrix caption {font-size: clamp(1rem, 1.3vw, 1.6rem); text-align: left; padding-bottom: 0.4rem;}
</style>
"""


def show_scores() -> None:
    """Show the chosen network's accuracy on MNIST and on the room's drawings, and its mix-ups on the drawings."""
    run = chosen_run()
    labelled = [summary for summary in stored_drawings().summaries() if summary.label is not None]
    try:
        predictions = prediction_cache().predict(run, [summary.id for summary in labelled])
    except EngineNotReady:
        engine().ensure_started()
        st.info("The network is waking up; this takes a few seconds.", icon=":material/bedtime:")
        return
    mask = predictions != TRAINED_ON
    ids = np.array([summary.id for summary in labelled], dtype=object)[mask]
    labels, predictions = np.array([summary.label for summary in labelled], np.int64)[mask], predictions[mask]
    numbers, matrix = st.columns([1.1, 1], gap="large")
    counts = confusion_matrix(predictions, labels)
    numbers.html(STYLE + _scores_html(run, predictions == labels, learned=int((~mask).sum())))
    if len(labels):
        numbers.html(STYLE + _worst_html(counts, ids, labels, predictions))
        matrix.html(STYLE + matrix_html(counts))
    else:
        numbers.info("There is no drawing here that it could be judged by. Draw a digit and say what it is.")


def _scores_html(run: Run, right: np.ndarray, *, learned: int) -> str:
    scores = run.read_status().scores
    on_mnist = percent(scores["test_accuracy"]) if scores else "–"
    on_room = percent(float(right.mean())) if len(right) else "–"
    note = f"; {learned:,} more it has learned from" if learned else ""
    return (
        f'<div class="board-scores"><div><b>{on_mnist}</b><span>on MNIST\'s 10,000 test digits</span></div>'
        f"<div><b>{on_room}</b><span>on us: {len(right):,} drawing{'' if len(right) == 1 else 's'}{note}</span></div>"
        f"</div><div>Read by “{html.escape(run.read_config().name)}”</div>"
    )


def percent(share: float) -> str:
    """Format ``share``, 0 to 1, as a percentage; a value below 1 is never rounded up to 100 %."""
    return f"{min(share, 0.999) if share < 1 else 1:.1%}".replace("%", "\u2009%")


def _worst_html(counts: np.ndarray, ids: np.ndarray, labels: np.ndarray, predictions: np.ndarray) -> str:
    """Return the most frequent mix-ups, each with its newest drawings, as HTML; arrays (N,), the newest first."""
    rows = []
    for mix_up in most_frequent_mix_ups(counts):
        shown = ids[(labels == mix_up.true) & (predictions == mix_up.predicted)][:MAX_EXAMPLES]
        pictures = "".join(f'<img src="{picture}" alt="">' for picture in pictures_of(list(shown)).values())
        rows.append(
            f"<div><p><b>{mix_up.true}</b> read as <b>{mix_up.predicted}</b>, {mix_up.count}×</p>{pictures}</div>"
        )
    title = "What it reads worst" if rows else "It reads all of them right. Draw as carelessly as you usually write."
    return f'<div class="board-worst"><b>{title}</b>{"".join(rows)}</div>'


def matrix_html(counts: np.ndarray) -> str:
    """Return ``counts``, int64 (10, 10), true label by prediction, as HTML: the diagonal grey, errors orange."""
    tints = matrix_tints(counts)
    head = "".join(f'<th scope="col">{digit}</th>' for digit in range(CLASSES))
    rows = (
        f'<tr><th scope="row">{true}</th>'
        + "".join(map(_cell, counts[true], tints.right[true], tints.opacity[true]))
        + "</tr>"
        for true in range(CLASSES)
    )
    caption = "Our drawings: each row a digit, each column what was read"
    return f'<table class="board-matrix"><caption>{caption}</caption><tr><td></td>{head}</tr>{"".join(rows)}</table>'


def _cell(count: int, right: bool, opacity: float) -> str:
    colour = "currentColor" if right else TEST_COLOUR
    tint = f"background: color-mix(in srgb, {colour} {opacity:.0%}, transparent)"
    return f'<td style="{tint if count or right else "color: #8888"}">{count}</td>'
