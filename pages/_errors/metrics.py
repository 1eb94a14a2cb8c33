"""Errors, By the numbers: the field's metrics for each digit and for all, and how well the network knows its limits."""

import numpy as np
import pandas as pd
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.evaluation.metrics import PerDigit, per_digit, top_accuracy
from mnist_core.evaluation.predictions import probabilities
from mnist_core.evaluation.scores import confusion_matrix, scores
from mnist_core.runs.run import Run
from pages._errors.calibration import show_calibration
from pages._shared.messages import escape_markdown

WIDTH = 1100  # pixels


def show_numbers(run: Run) -> None:
    """The metrics of the network of ``run`` on the test set."""
    answers, labels = probabilities(run), mnist.load().test.labels
    with st.container(width=WIDTH):
        st.markdown(
            f"How the network **{escape_markdown(run.config.name)}** does on the test set, "
            "in the numbers that papers give."
        )
        _show_all(answers, labels)
        _show_each(per_digit(confusion_matrix(answers.argmax(axis=1), labels)))
        show_calibration(run, answers, labels)


def _show_all(answers: np.ndarray, labels: np.ndarray) -> None:
    result = scores(answers, labels)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Accuracy", f"{result.test_accuracy:.2%}", width="content")
        st.metric(
            "Top-2 accuracy",
            f"{top_accuracy(answers, labels, k=2):.2%}",
            width="content",
            help="How often the true digit is its first or its second choice.",
        )
        st.metric(
            "Log loss",
            f"{result.test_loss:.4f} nats",
            width="content",
            help="The mean of −ln of the probability that the true digit got: the loss of the training. Being sure and "
            "wrong costs most.",
        )


def _show_each(found: PerDigit) -> None:
    st.subheader("Digit by digit")
    missed, mistrusted = int(found.recall.argmin()), int(found.precision.argmin())
    st.markdown(
        f"It misses **{missed}s** most: it finds {found.recall[missed]:.1%} of them. And of all its answers a "
        f"**{mistrusted}** is the least to be trusted: {found.precision[mistrusted]:.1%} of those are right."
    )
    rows = pd.DataFrame(
        {
            "Digit": [str(digit) for digit in range(10)],
            "Precision": 100 * found.precision,
            "Recall": 100 * found.recall,
            "F1": 100 * found.f1,
            "Support": found.support,
        }
    )
    lowest = float(np.floor(rows[["Precision", "Recall", "F1"]].to_numpy().min()))

    def share(help_: str) -> dict:
        return st.column_config.ProgressColumn(format="%.2f %%", min_value=lowest, max_value=100, help=help_)

    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "Digit": st.column_config.TextColumn(width="small"),
            "Precision": share("Of the digits that it read as this one, the share that are this one."),
            "Recall": share("Of the digits that are this one, the share that it read as this one."),
            "F1": share("The harmonic mean of precision and recall: high only where both are."),
            "Support": st.column_config.NumberColumn(help="How many of the test digits are this one."),
        },
    )
    st.caption(f"The bars begin at {lowest:.0f} %. Press a column's name to sort by it.")
