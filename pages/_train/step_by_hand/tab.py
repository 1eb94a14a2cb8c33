"""Train, One step by hand: choose a digit, a unit and a weight, and follow them through one training step."""

from pathlib import Path

import numpy as np
import streamlit as st

from mnist_core.config import TRAINING_DIGITS, ModelConfig
from mnist_core.digits import mnist
from mnist_core.runs.backprop import forward, least_confident
from mnist_core.runs.run import Run
from mnist_core.runs.snapshot import read_snapshot
from pages._shared.fragments import fragment
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.widgets.digit_picker import choose_digit
from pages._train.snapshot_picker import choose_epoch, has_snapshots
from pages._train.step_by_hand.backward_pass import show_backward
from pages._train.step_by_hand.forward_pass import show_forward
from pages._train.step_by_hand.traced_weight import TracedWeight

DIGIT_KEY, UNIT_KEY, STEPS_CONTAINER_KEY = "by_hand_digit", "by_hand_unit", "by_hand_steps"  # session state
SEARCHED_DIGITS = 2_000  # training digits, among which the least sure predictions are searched
MAX_OFFERED = 10  # digits, and units


def show_step_by_hand(run: Run) -> None:
    """Show one training step of ``run``'s network in numbers, also while it trains."""
    if has_snapshots(run):
        fragment(_show)(run)


def _show(run: Run) -> None:
    st.write(
        "One digit, one step of training, and every number in between: the network's own, worked out anew here. "
        "Choose a digit, a unit and one of its weights."
    )
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        trace = _choose(run)
        _show_simplifications(run)
    with right, st.container(key=STEPS_CONTAINER_KEY):
        show_forward(trace)
        show_backward(trace)


def _choose(run: Run) -> TracedWeight:
    epoch = choose_epoch(run, key="by_hand_epoch")
    snapshot = read_snapshot(run, epoch)
    train, index = mnist.load().train, _choose_digit(run, epoch)
    digit, label = train.images[index], int(train.labels[index])
    with st.container(width=240):
        show_digits(digit[None], [f"Training digit {index}, labelled {label}"], side=200)
    forward_pass = forward(snapshot, digit)
    layer = _choose_layer(snapshot.model)
    unit = _choose_unit(forward_pass.sums[layer], layer)
    return TracedWeight(
        snapshot=snapshot,
        training=run.read_config().training,
        digit=digit,
        label=label,
        forward=forward_pass,
        layer=layer,
        unit=unit,
        source=_choose_source(forward_pass.layer_inputs[layer] * snapshot.layers[layer].kernel[:, unit], layer),
    )


def _choose_digit(run: Run, epoch: int) -> int:
    """Return the index of a training digit: one of those that the network is least sure of, or any other."""
    path = run.snapshots()[epoch]
    unsure = _least_sure(str(run.path), epoch, path.stat().st_mtime)
    index = st.session_state.setdefault(DIGIT_KEY, unsure[0])  # it stays when another epoch is selected

    def choose(chosen: int) -> None:
        st.session_state[DIGIT_KEY] = chosen

    st.markdown(f"**Digits it is unsure of**, among the first {SEARCHED_DIGITS:,} training digits")
    train = mnist.load().train
    choose_digit(
        train.images[unsure],
        [str(train.labels[each]) for each in unsure],
        [f"Training digit {each}, labelled {train.labels[each]}" for each in unsure],
        chosen=unsure.index(index) if index in unsure else None,
        key="by_hand_digits",
        shown_in=STEPS_CONTAINER_KEY,
        on_choose=lambda position: choose(unsure[position]),
    )
    # A new widget for each digit, so that it shows the one that was chosen above.
    key = f"by_hand_index-{index}"
    st.number_input(
        "Any other training digit, by its index",
        0,
        TRAINING_DIGITS - 1,
        index,
        key=key,
        on_change=lambda: choose(st.session_state[key]),
    )
    return index


@st.cache_data(max_entries=100, show_spinner="Looking for digits that it is unsure of …")
def _least_sure(path: str, epoch: int, changed: float) -> list[int]:
    """Return indices of training digits. ``changed``: the time of the snapshot, as part of the cache key."""
    digits = mnist.load().train.images[:SEARCHED_DIGITS]
    return least_confident(read_snapshot(Run(Path(path)), epoch), digits, count=MAX_OFFERED).tolist()


def _choose_layer(model: ModelConfig) -> int:
    """Return the index of the unit's layer, from 0; the last is the output layer."""
    last = len(model.hidden_units)
    return st.segmented_control(
        "Layer",
        range(last + 1),
        default=0,
        required=True,
        format_func=lambda layer: "Output" if layer == last else f"Hidden {layer + 1}",
        key=f"by_hand_layer-{last}",
        persist_state="session",
    )


def _choose_unit(sums: np.ndarray, layer: int) -> int:
    """Return a unit of the layer with the weighted ``sums``, float64 (units,); initially that of the largest."""
    strongest = np.argsort(-sums)[:MAX_OFFERED].tolist()
    session_key = f"{UNIT_KEY}-{layer}-{len(sums)}"
    unit = st.session_state.get(session_key, strongest[0])
    pills, field = f"{session_key}-strong-{unit}-{strongest}", f"{session_key}-any-{unit}"

    def choose(key: str) -> None:
        st.session_state[session_key] = unit if st.session_state[key] is None else st.session_state[key]

    st.pills(
        "Units with the largest sums",
        strongest,
        default=unit if unit in strongest else None,
        key=pills,
        on_change=choose,
        args=(pills,),
    )
    st.number_input(
        f"Any other unit, 0 to {len(sums) - 1}", 0, len(sums) - 1, unit, key=field, on_change=choose, args=(field,)
    )
    return unit


def _choose_source(terms: np.ndarray, layer: int) -> int:
    """Return the input whose weight is traced; initially that of the largest of ``terms``, float64 (inputs,)."""
    largest = int(np.abs(terms).argmax())
    source = f"unit of hidden layer {layer}" if layer else "pixel, 28 × row + column"
    return st.number_input(
        f"The weight from {source}", 0, len(terms) - 1, largest, key=f"by_hand_source-{layer}-{len(terms)}-{largest}"
    )


def _show_simplifications(run: Run) -> None:
    config = run.read_config()
    model, training = config.model, config.training
    notes = ["The weights are those of the snapshot, kept in 16 bits."]
    if model.dropout:
        notes.append("Dropout is left out: all units take part.")
    if training.distortions:
        notes.append("The digit is not distorted.")
    if training.batch_size > 1:
        notes.append(f"The batch is this one digit, where the run averages {training.batch_size}.")
    if training.optimizer != "adam":
        notes.append("The run itself is not trained with Adam.")
    st.caption(" ".join(notes))
