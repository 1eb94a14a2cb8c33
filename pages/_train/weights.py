"""Train, Inside: the weights of a network after each epoch with a snapshot."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from mnist_core.config import ModelConfig
from mnist_core.digits import mnist
from mnist_core.figures.colours import NEGATIVE_COLOUR, POSITIVE_COLOUR
from mnist_core.figures.weights import layer_curves, weight_histogram, weight_images
from mnist_core.runs import weight_statistics
from mnist_core.runs.run import Run
from mnist_core.runs.snapshot import Snapshot, read_snapshot
from mnist_core.runs.weight_statistics import WeightHistory
from pages._shared.fragments import fragment
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.widgets.figure import page_theme, show_figure
from pages._train.snapshot_picker import choose_epoch, has_snapshots

STRONGEST, WEAKEST, BY_NUMBER = ORDERS = ("Strongest first", "Weakest first", "By number")
PAGE_SIZE = 40  # units
COLOUR_SCALE_QUANTILE = 0.995  # of the absolute weights: a few very large ones would dim the colours of the others
SCALE = """
<div style="display: flex; gap: 0.6rem; align-items: center; font-size: 0.85rem">{low}
<div style="flex: 0 1 12rem; height: 0.8rem; border-radius: 0.25rem;
  background: linear-gradient(to right, rgb{against}, black, rgb{for_})"></div>{high}</div>
"""


def show_weights_tab(run: Run) -> None:
    """Show the weights of ``run``, also while it trains."""
    if has_snapshots(run):
        fragment(_show)(run)


def _show(run: Run) -> None:
    epoch = choose_epoch(run, key="inside_epoch")
    snapshot = read_snapshot(run, epoch)
    file_times = {each: path.stat().st_mtime for each, path in run.snapshots().items()}
    _show_units(run, snapshot, _dead(str(run.path), epoch, file_times[epoch])[0])
    _show_weights(snapshot, epoch)
    _show_dead(snapshot.model, {each: _dead(str(run.path), each, when) for each, when in file_times.items()}, epoch)
    _show_distances(snapshot.model, _history(str(run.path), file_times), epoch)


# The cache keys contain the time at which a snapshot was written: a new snapshot is computed again.


@st.cache_data(max_entries=200, show_spinner="Showing the network all test digits …")
def _dead(path: str, epoch: int, file_time: float) -> tuple[np.ndarray, ...]:
    return weight_statistics.dead_units(read_snapshot(Run(Path(path)), epoch), mnist.load().test.images)


@st.cache_data(max_entries=20, show_spinner="Measuring how far the layers moved …")
def _history(path: str, file_times: dict[int, float]) -> WeightHistory:
    return weight_statistics.history(Run(Path(path)))


def _show_units(run: Run, snapshot: Snapshot, dead: np.ndarray) -> None:
    kernel = snapshot.layers[0].kernel
    st.subheader("What the first layer's units look for")
    st.write(
        "Each picture is one unit's 784 weights, laid out as the pixels they belong to. Ink on blue makes the unit "
        "fire, ink on orange holds it back, and black pixels do not matter to it."
    )
    strengths = weight_statistics.unit_norms(kernel)
    shown = _choose_units(run, strengths)
    largest = float(np.quantile(np.abs(kernel), COLOUR_SCALE_QUANTILE))
    st.html(SCALE.format(low=f"−{largest:.2g}", high=f"{largest:.2g}", against=NEGATIVE_COLOUR, for_=POSITIVE_COLOUR))
    captions = [f"Unit {unit}\n{'dead' if dead[unit] else f'strength {strengths[unit]:.2f}'}" for unit in shown]
    show_digits(weight_images(kernel[:, shown], largest=largest), captions, side=72)
    corners = (
        "Hardly any digit has ink in the corners, so weight decay has made the weights there small."
        if run.read_config().training.weight_decay
        else "The corners look like noise: hardly any digit has ink there, so nothing teaches those weights."
    )
    st.caption(f"A unit's strength is the length of its weights as a vector. {corners}")


def _choose_units(run: Run, strengths: np.ndarray) -> np.ndarray:
    """Show the selection of the order and the page; return the indices of the units on the page."""
    order = st.segmented_control(
        "Order", ORDERS, default=STRONGEST, required=True, key="inside_order", persist_state="session"
    )
    ascending = np.argsort(strengths, kind="stable")
    units = {STRONGEST: ascending[::-1], WEAKEST: ascending, BY_NUMBER: np.arange(len(strengths))}[order]
    page = 1
    if len(units) > PAGE_SIZE:
        page = st.pagination(-(-len(units) // PAGE_SIZE), key=f"inside_page-{run.id}-{order}")
    return units[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


def _show_weights(snapshot: Snapshot, epoch: int) -> None:
    st.subheader("The weights of each layer")
    st.write(
        "The box is a new layer: its weights are drawn anywhere between two limits, all alike (Glorot and Bengio, "
        "2010). Training turns the box into a hill: many small weights, and some larger than any new one."
    )
    for column, layer, name in zip(
        st.columns(len(snapshot.layers)), snapshot.layers, _names(snapshot.model), strict=True
    ):
        with column:
            limit = weight_statistics.initial_limit(layer.kernel)
            show_figure(
                weight_histogram, layer.kernel, page_theme(), limit=limit, title=name, label=f"after epoch {epoch}"
            )
    st.caption("A few weights lie beyond the edges; they are counted there.")


def _names(model: ModelConfig) -> list[str]:
    return [*(f"Hidden layer {number}" for number in range(1, len(model.hidden_units) + 1)), "Output"]


def _show_dead(model: ModelConfig, dead: dict[int, tuple[np.ndarray, ...]], epoch: int) -> None:
    """Show the dead units. ``dead``: for each epoch and each hidden layer, which units are dead, bool (units,)."""
    st.subheader("Dead units")
    st.write(
        "A dead unit fires for none of the 10,000 test digits. Where a unit does not fire, nothing flows through it, "
        "and nothing comes back to teach it."
        if model.activation == "relu"
        else "A dead unit is saturated for each of the 10,000 test digits: its activation is flat there, with less "
        "than 1 % of its steepest slope. Learning follows slopes, so nothing teaches it."
    )
    names = _names(model)[:-1]
    with st.container(horizontal=True):
        for name, units in zip(names, dead[epoch], strict=True):
            st.metric(name, f"{units.sum()} of {len(units)}", width="content")
    shares = np.array([[units.mean() for units in layers] for layers in dead.values()])  # (epochs, hidden layers)
    if not shares.any():
        st.caption("No unit was dead in any of its snapshots.")
    elif len(dead) > 1:
        _show_line_charts([("Share of dead units", list(dead), shares, names)], epoch)


def _show_distances(model: ModelConfig, history: WeightHistory, epoch: int) -> None:
    st.subheader("How far each layer moved")
    if len(history.epochs) == 1:
        st.caption("That takes two snapshots, and there is one so far.")
        return
    first, names = history.epochs[0], _names(model)
    st.write(
        "The distance between a layer's weights then and now, where 100 % is the length of a new layer's weights. "
        "A layer that moves little has settled, or learns too slowly."
    )
    _show_line_charts(
        [
            (f"Away from epoch {first}", history.epochs, history.distance, names),
            ("Moved per epoch, since the snapshot before", history.epochs[1:], history.distance_per_epoch, names),
        ],
        epoch,
    )


def _show_line_charts(figures: Sequence[tuple[str, Sequence[int], np.ndarray, list[str]]], epoch: int) -> None:
    """Show figures side by side: for each a title, epochs, values (epochs, layers), and the layers' names."""
    for column, (title, epochs, values, names) in zip(st.columns(2), figures, strict=False):
        with column:
            show_figure(layer_curves, epochs, values, names, page_theme(), title=title, marked_epoch=epoch)
