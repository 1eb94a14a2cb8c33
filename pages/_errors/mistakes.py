"""Errors, What it gets wrong: the confusion matrix as a door, the gallery behind it, and any digit in detail."""

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.evaluation.gallery import found
from mnist_core.evaluation.predictions import probabilities
from mnist_core.evaluation.scores import confusion_matrix, most_frequent_mix_ups, scores
from mnist_core.runs.run import Run
from pages._errors.confusion_matrix import MatrixStyle, press_cell
from pages._errors.downloads import show_downloads
from pages._errors.gallery import PLACE, Gallery, show_filters, show_gallery
from pages._errors.selection import OPEN, ORDER, choose_cell, chosen_cell, chosen_filter
from pages._errors.time_machine import choose_epoch, epoch_on_view, in_group, marks
from pages._errors.viewer import show_viewer
from pages._errors.walkthrough_figure import show_examples
from pages._shared.messages import escape_markdown
from pages._shared.url_state import toggle_in_address


def show_mistakes(run: Run) -> None:
    """The scores, and either the matrix and the gallery or the digit that is open."""
    test, answers = mnist.load().test, probabilities(run, epoch_on_view(run))
    gallery = _gallery(run, test, answers)
    if OPEN.value:
        show_viewer(run, gallery, int(OPEN.value))
        return
    _show_scores(run, answers, test.labels)
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        _show_matrix(confusion_matrix(answers.argmax(axis=1), test.labels))
    with right, st.container(key=PLACE):
        show_filters()
        show_gallery(gallery)
        show_downloads(run.config.name, gallery)
    show_examples(answers.argmax(axis=1))


def _gallery(run: Run, test: mnist.Split, answers: np.ndarray) -> Gallery:
    kept = chosen_filter().keeps(answers, test.labels) & in_group(run)
    return Gallery(test, answers, found(answers, test.labels, kept, order=ORDER.value), words=marks(run))


def _show_scores(run: Run, answers: np.ndarray, labels: np.ndarray) -> None:
    result, epoch = scores(answers, labels), epoch_on_view(run)
    when = f", as it was after epoch {epoch}," if epoch else ""
    st.markdown(
        f"How the network **{escape_markdown(run.config.name)}**{when} "
        f"reads the {len(labels):,} digits of the test set."
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.metric("Right", f"{result.correct:,}", width="content")
        st.metric("Wrong", f"{result.incorrect:,}", width="content")
        st.metric("Accuracy", f"{result.test_accuracy:.2%}", width="content")
        with st.container(width=520):
            choose_epoch(run)


def _show_matrix(counts: np.ndarray) -> None:
    """``counts``: int (10, 10), true digit by answer."""
    st.subheader("Confusion matrix")
    with st.container(horizontal=True, gap="medium"):
        hidden = toggle_in_address("Hide what is right", key="hide-right")
        shares = toggle_in_address("Shares of each row, in %", key="shares")
    press_cell(
        counts,
        chosen=chosen_cell(),
        style=MatrixStyle(shares=shares, right=not hidden),
        key="errors_matrix",
        shown_in=PLACE,
        on_press=choose_cell,
    )
    mix_ups = most_frequent_mix_ups(counts)
    if mix_ups:
        st.markdown("The most frequent mix-ups:")
    with st.container(horizontal=True, gap="small"):
        for mix_up in mix_ups:
            cell = (mix_up.true, mix_up.predicted)
            st.button(
                f"{mix_up.true} read as {mix_up.predicted}, {_times(mix_up.count)}",
                key=f"errors-mix-up-{mix_up.true}-{mix_up.predicted}",
                on_click=choose_cell,
                args=(cell,),
                type="primary" if cell == chosen_cell() else "secondary",
            )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
