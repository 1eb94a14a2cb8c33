"""Charts that live, in Altair: loss and accuracy while a network trains."""

import altair as alt
import numpy as np
import pandas as pd

from mnist_core.figures.style import TEST_COLOUR, TRAIN_COLOUR
from mnist_core.runs.store import Run

TRAINING, TEST = "training, per batch", "test set, per epoch"
HEIGHT = 260


def learning_curves(run: Run) -> tuple[alt.LayerChart, alt.LayerChart]:
    """Loss and accuracy of ``run`` so far: a line for the batches, points for the epochs."""
    measures = curve_table(run.batches, run.epochs, steps_per_epoch=run.config.training.steps_per_epoch)
    last = run.config.total_epochs
    return _chart(measures, "loss", "Loss (nats)", last), _chart(measures, "accuracy", "Accuracy", last)


def curve_table(
    batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray], *, steps_per_epoch: int
) -> pd.DataFrame:
    """The columns of a run's CSVs as rows of (epoch, loss, accuracy, of); a batch's epoch is a fraction."""
    training = pd.DataFrame(
        {
            "epoch": batches["epoch"] - 1 + batches["step"] / steps_per_epoch,
            "loss": batches["loss"],
            "accuracy": batches["accuracy"],
            "of": TRAINING,
        }
    )
    test = pd.DataFrame(
        {"epoch": epochs["epoch"], "loss": epochs["val_loss"], "accuracy": epochs["val_accuracy"], "of": TEST}
    )
    return pd.concat([training, test], ignore_index=True)


def _chart(measures: pd.DataFrame, measure: str, title: str, last_epoch: int) -> alt.LayerChart:
    base = alt.Chart(measures).encode(
        x=alt.X("epoch:Q", title="Epoch", scale=alt.Scale(domain=[0, last_epoch])),
        y=alt.Y(f"{measure}:Q", title=title, scale=alt.Scale(zero=False)),
        color=alt.Color(
            "of:N",
            title=None,
            scale=alt.Scale(domain=[TRAINING, TEST], range=[TRAIN_COLOUR, TEST_COLOUR]),
            legend=alt.Legend(orient="top", labelLimit=300),
        ),
        tooltip=[
            alt.Tooltip("of:N", title="Of"),
            alt.Tooltip("epoch:Q", title="Epoch", format=".2f"),
            alt.Tooltip("loss:Q", title="Loss", format=".4f"),
            alt.Tooltip("accuracy:Q", title="Accuracy", format=".2%"),
        ],
    )
    line = base.transform_filter(alt.datum.of == TRAINING).mark_line(strokeWidth=1.2, opacity=0.8)
    points = base.transform_filter(alt.datum.of == TEST).mark_line(point=True, strokeWidth=2)
    return alt.layer(line, points).properties(height=HEIGHT)
