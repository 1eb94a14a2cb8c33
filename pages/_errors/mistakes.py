"""Errors, What it gets wrong: the confusion matrix as a filter, the gallery of digits, and a digit in detail."""

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.evaluation.gallery import sorted_indices
from mnist_core.evaluation.predictions import probabilities
from mnist_core.evaluation.scores import confusion_matrix, most_frequent_mix_ups, scores
from mnist_core.runs.run import Run
from pages._errors.confusion_matrix import MatrixStyle, show_clickable_matrix
from pages._errors.downloads import show_downloads
from pages._errors.gallery import GALLERY_CONTAINER_KEY, Gallery, show_filters, show_gallery
from pages._errors.selection import OPEN_DIGIT, ORDER, choose_cell, chosen_cell, chosen_filter
from pages._errors.time_machine import choose_epoch, group_mask, history_names, shown_epoch
from pages._errors.viewer import show_viewer
from pages._errors.walkthrough_figure import show_examples
from pages._shared.messages import escape_markdown
from pages._shared.url_state import toggle_in_url


def show_mistakes(run: Run) -> None:
    """Show the open digit if there is one, else the scores, the confusion matrix and the gallery."""
    test, predicted = mnist.load().test, probabilities(run, shown_epoch(run))
    gallery = _gallery(run, test, predicted)
    if OPEN_DIGIT.value:
        show_viewer(run, gallery, int(OPEN_DIGIT.value))
        return
    _show_scores(run, predicted, test.labels)
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        _show_matrix(confusion_matrix(predicted.argmax(axis=1), test.labels))
    with right, st.container(key=GALLERY_CONTAINER_KEY):
        show_filters()
        show_gallery(gallery)
        show_downloads(run.read_config().name, gallery)
    show_examples(predicted.argmax(axis=1))


def _gallery(run: Run, test: mnist.Split, probs: np.ndarray) -> Gallery:
    mask = chosen_filter().mask(probs, test.labels) & group_mask(run)
    return Gallery(test, probs, sorted_indices(probs, test.labels, mask, order=ORDER.value), words=history_names(run))


def _show_scores(run: Run, probs: np.ndarray, labels: np.ndarray) -> None:
    result, epoch = scores(probs, labels), shown_epoch(run)
    when = f", as it was after epoch {epoch}," if epoch else ""
    st.markdown(
        f"How the network **{escape_markdown(run.read_config().name)}**{when} "
        f"reads the {len(labels):,} digits of the test set."
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.metric("Right", f"{result.correct:,}", width="content")
        st.metric("Wrong", f"{result.incorrect:,}", width="content")
        st.metric("Accuracy", f"{result.test_accuracy:.2%}", width="content")
        with st.container(width=520):
            choose_epoch(run)


def _show_matrix(counts: np.ndarray) -> None:
    """``counts``: int (10, 10), true label by predicted label."""
    st.subheader("Confusion matrix")
    with st.container(horizontal=True, gap="medium"):
        hidden = toggle_in_url("Hide what is right", key="hide-right")
        shares = toggle_in_url("Shares of each row, in %", key="shares")
    show_clickable_matrix(
        counts,
        chosen=chosen_cell(),
        style=MatrixStyle(shares=shares, right=not hidden),
        key="errors_matrix",
        shown_in=GALLERY_CONTAINER_KEY,
        on_press=choose_cell,
    )
    mix_ups = most_frequent_mix_ups(counts)
    if mix_ups:
        st.markdown("The most frequent mix-ups:")
    with st.container(horizontal=True, gap="small"):
        for mix_up in mix_ups:
            cell = (mix_up.true, mix_up.predicted)
            st.button(
                f"{mix_up.true} read as {mix_up.predicted}, {_times_text(mix_up.count)}",
                key=f"errors-mix-up-{mix_up.true}-{mix_up.predicted}",
                on_click=choose_cell,
                args=(cell,),
                type="primary" if cell == chosen_cell() else "secondary",
            )


def _times_text(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
