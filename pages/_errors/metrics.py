"""Errors, By the numbers: accuracy, log loss, precision, recall and F1 of a network, and its calibration."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from mnist_core.digits import mnist
from mnist_core.evaluation.metrics import PerDigit, per_digit, top_accuracy
from mnist_core.evaluation.predictions import probabilities
from mnist_core.evaluation.scores import confusion_matrix, scores
from mnist_core.runs.run import Run
from pages._errors.calibration import show_calibration
from pages._shared.messages import escape_markdown

WIDTH = 1100  # CSS pixels


def show_metrics(run: Run) -> None:
    """Show the metrics of the network of ``run`` on the test set, from probabilities, float32 (10000, 10)."""
    predicted, labels = probabilities(run), mnist.load().test.labels
    with st.container(width=WIDTH):
        st.markdown(
            f"How the network **{escape_markdown(run.read_config().name)}** does on the test set, "
            "in the numbers that papers give."
        )
        _show_overall(predicted, labels)
        _show_per_digit(per_digit(confusion_matrix(predicted.argmax(axis=1), labels)))
        show_calibration(run, predicted, labels)


def _show_overall(predicted: np.ndarray, labels: np.ndarray) -> None:
    result = scores(predicted, labels)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Accuracy", f"{result.test_accuracy:.2%}", width="content")
        st.metric(
            "Top-2 accuracy",
            f"{top_accuracy(predicted, labels, k=2):.2%}",
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


def _show_per_digit(metrics: PerDigit) -> None:
    st.subheader("Digit by digit")
    missed, unreliable = int(metrics.recall.argmin()), int(metrics.precision.argmin())
    st.markdown(
        f"It misses **{missed}s** most: it finds {metrics.recall[missed]:.1%} of them. And of all its answers a "
        f"**{unreliable}** is the least to be trusted: {metrics.precision[unreliable]:.1%} of those are right."
    )
    rows = pd.DataFrame(
        {
            "Digit": [str(digit) for digit in range(10)],
            "Precision": 100 * metrics.precision,
            "Recall": 100 * metrics.recall,
            "F1": 100 * metrics.f1,
            "Support": metrics.support,
        }
    )
    lowest = float(np.floor(rows[["Precision", "Recall", "F1"]].to_numpy().min()))

    def percent_column(help_: str) -> ColumnConfig:
        return st.column_config.ProgressColumn(format="%.2f %%", min_value=lowest, max_value=100, help=help_)

    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "Digit": st.column_config.TextColumn(width="small"),
            "Precision": percent_column("Of the digits that it read as this one, the share that are this one."),
            "Recall": percent_column("Of the digits that are this one, the share that it read as this one."),
            "F1": percent_column("The harmonic mean of precision and recall: high only where both are."),
            "Support": st.column_config.NumberColumn(help="How many of the test digits are this one."),
        },
    )
    st.caption(f"The bars begin at {lowest:.0f} %. Press a column's name to sort by it.")
