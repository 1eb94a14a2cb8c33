"""The Errors page's overview: the scores, the confusion matrix, nine digits read right and nine read wrong."""

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.figures.errors import confusion_figure, nine_figure, right_and_wrong_figure
from mnist_core.figures.style import LIGHT, Theme
from mnist_core.runs.evaluation import MixUp, confusion_matrix, most_frequent_mix_ups, scores
from pages._parts.errors_browser import choose_mix_up
from pages._parts.figure import page_theme, png


def show_scores(name: str, probabilities: np.ndarray, labels: np.ndarray) -> None:
    """How many of the digits the network called ``name`` read right. ``probabilities``: float32 (N, 10)."""
    result = scores(probabilities, labels)
    st.text(f"How the network “{name}” reads the {len(labels):,} digits of the test set.")  # a name is no Markdown
    with st.container(horizontal=True, gap="medium"):
        st.metric("Right", f"{result.correct:,}", width="content")
        st.metric("Wrong", f"{result.incorrect:,}", width="content")
        st.metric("Accuracy", f"{result.test_accuracy:.2%}", width="content")


def show_confusion(predicted: np.ndarray, labels: np.ndarray) -> None:
    """The confusion matrix and its largest errors. ``predicted``, ``labels``: integers (N,), 0 to 9."""
    counts = confusion_matrix(predicted, labels)
    st.subheader("Confusion matrix")
    st.markdown(
        "Each row is a true digit, each column an answer: the grey diagonal counts what was read right, "
        "every orange cell how many digits of its row were mistaken for the digit of its column."
    )
    st.image(
        _confusion_png(counts, page_theme()),
        width="stretch",
        alt="Confusion matrix: how many digits of each true class were read as each class.",
    )
    _show_mix_ups(most_frequent_mix_ups(counts))


def _show_mix_ups(mix_ups: list[MixUp]) -> None:
    if not mix_ups:
        return
    st.markdown("The most frequent mix-ups. Press one to see its digits:")
    with st.container(horizontal=True):
        for mix_up in mix_ups:
            st.button(
                f"{mix_up.true} read as {mix_up.predicted}, {_times(mix_up.count)}",
                key=f"errors_mix_up_{mix_up.true}_{mix_up.predicted}",
                on_click=choose_mix_up,
                args=(mix_up.true, mix_up.predicted),
            )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def show_examples(predicted: np.ndarray, name: str) -> None:
    """The walk-through's figure and its download. ``predicted``: integers (10000,), the test set's answers."""
    st.subheader("Nine right, nine wrong")
    st.markdown("The first nine test digits that the network read right, and the first nine that it read wrong.")
    for place, right in zip(st.columns(2, gap="large"), (True, False), strict=True):
        kind = "right" if right else "wrong"
        alt = f"Test digits that were read {kind}, each with prediction and truth."
        place.image(_nine_png(predicted, right, page_theme()), width="stretch", alt=alt)
    st.download_button(
        "Download as PNG",
        lambda: _both_png(predicted),  # drawn when someone asks
        file_name=f"{name} right and wrong.png",
        mime="image/png",
        icon=":material/download:",
        on_click="ignore",
    )


# The pictures are kept by what is drawn in them, so a run that changes gets new ones.


@st.cache_data(max_entries=32, show_spinner=False)
def _confusion_png(counts: np.ndarray, theme: Theme) -> bytes:
    return png(confusion_figure(counts, theme=theme))


@st.cache_data(max_entries=32, show_spinner=False)
def _nine_png(predicted: np.ndarray, right: bool, theme: Theme) -> bytes:
    test = mnist.load().test
    return png(nine_figure(test.images, predicted, test.labels, right=right, theme=theme))


def _both_png(predicted: np.ndarray) -> bytes:
    """Dark on white, whatever the page's theme: it goes into documents."""
    test = mnist.load().test
    figure = right_and_wrong_figure(test.images, predicted, test.labels, theme=LIGHT)
    figure.patch.set_alpha(1)
    return png(figure)
