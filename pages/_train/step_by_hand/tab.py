"""Train, One step by hand: choose a digit, a unit and a weight, and follow them through one training step."""

from pathlib import Path

import numpy as np
import streamlit as st

from mnist_core.config import TRAINING_DIGITS, ModelConfig
from mnist_core.digits import mnist
from mnist_core.runs.backprop import forward, least_sure
from mnist_core.runs.run import Run
from mnist_core.runs.snapshot import read_snapshot
from pages._shared.fragments import fragment
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.widgets.digit_picker import choose_digit
from pages._train.snapshot_picker import choose_epoch, has_snapshots
from pages._train.step_by_hand.backward_pass import show_backward
from pages._train.step_by_hand.forward_pass import show_forward
from pages._train.step_by_hand.traced_weight import Followed

DIGIT, UNIT, STEPS = "by_hand_digit", "by_hand_unit", "by_hand_steps"  # in the session, and a container's key
SEARCHED = 2_000  # of the training digits, for some that the network is unsure of
OFFERED = 10  # of them, and of the units that fire most


def show_by_hand(run: Run) -> None:
    """Follow one training step of ``run``'s network, whether it trains or has ended."""
    if has_snapshots(run):
        fragment(_show)(run)


def _show(run: Run) -> None:
    st.write(
        "One digit, one step of training, and every number in between: the network's own, worked out anew here. "
        "Choose a digit, a unit and one of its weights."
    )
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        way = _choose(run)
        _tell_what_is_left_out(run)
    with right, st.container(key=STEPS):
        show_forward(way)
        show_backward(way)


def _choose(run: Run) -> Followed:
    epoch = choose_epoch(run, key="by_hand_epoch")
    snapshot = read_snapshot(run, epoch)
    train, index = mnist.load().train, _choose_digit(run, epoch)
    digit, label = train.images[index], int(train.labels[index])
    with st.container(width=240):
        show_digits(digit[None], [f"Training digit {index}, labelled {label}"], side=200)
    passed = forward(snapshot, digit)
    layer = _choose_layer(snapshot.model)
    unit = _choose_unit(passed.sums[layer], layer)
    return Followed(
        snapshot=snapshot,
        training=run.config.training,
        digit=digit,
        label=label,
        passed=passed,
        layer=layer,
        unit=unit,
        source=_choose_source(passed.entering[layer] * snapshot.layers[layer].kernel[:, unit], layer),
    )


def _choose_digit(run: Run, epoch: int) -> int:
    """The index of a training digit: one of those that the network is least sure of, or any other."""
    path = run.snapshots[epoch]
    unsure = _least_sure(str(run.path), epoch, path.stat().st_mtime)
    index = st.session_state.setdefault(DIGIT, unsure[0])  # it stays when another epoch is chosen

    def choose(chosen: int) -> None:
        st.session_state[DIGIT] = chosen

    st.markdown(f"**Digits it is unsure of**, among the first {SEARCHED:,} training digits")
    train = mnist.load().train
    choose_digit(
        train.images[unsure],
        [str(train.labels[each]) for each in unsure],
        [f"Training digit {each}, labelled {train.labels[each]}" for each in unsure],
        chosen=unsure.index(index) if index in unsure else None,
        key="by_hand_digits",
        shown_in=STEPS,
        on_choose=lambda place: choose(unsure[place]),
    )
    # A new field for each digit: it then says the one that was chosen above.
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
    """Indices of training digits. ``changed``: when the snapshot was written; another one is looked at anew."""
    digits = mnist.load().train.images[:SEARCHED]
    return least_sure(read_snapshot(Run(Path(path)), epoch), digits, count=OFFERED).tolist()


def _choose_layer(model: ModelConfig) -> int:
    """Which layer the unit is in, counted from 0; the last is the output."""
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
    """A unit of the layer with these weighted ``sums``, float64 (units,): at first the largest sum's."""
    strongest = np.argsort(-sums)[:OFFERED].tolist()
    kept = f"{UNIT}-{layer}-{len(sums)}"
    unit = st.session_state.get(kept, strongest[0])
    pills, field = f"{kept}-strong-{unit}-{strongest}", f"{kept}-any-{unit}"

    def choose(key: str) -> None:
        st.session_state[kept] = unit if st.session_state[key] is None else st.session_state[key]

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
    """Which input's weight to follow: at first that of the largest of ``terms``, float64 (inputs,)."""
    largest = int(np.abs(terms).argmax())
    of = f"unit of hidden layer {layer}" if layer else "pixel, 28 × row + column"
    return st.number_input(
        f"The weight from {of}", 0, len(terms) - 1, largest, key=f"by_hand_source-{layer}-{len(terms)}-{largest}"
    )


def _tell_what_is_left_out(run: Run) -> None:
    model, training = run.config.model, run.config.training
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
