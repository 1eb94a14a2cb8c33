"""The widgets of the training form: the common settings, and the others."""

from collections.abc import Iterable
from typing import TypeVar

import streamlit as st

from mnist_core.config import (
    ACTIVATIONS,
    MAX_EPOCHS,
    MAX_HANDWRITING,
    MIN_DIGITS,
    ON_HELD_OUT,
    OPTIMIZERS,
    PRECISIONS,
    SCHEDULES,
    TRAINING_DIGITS,
    VALIDATIONS,
    plain_number,
)
from mnist_core.recipes import RECIPES
from pages._shared.wording import SETTING_NAMES
from pages._train import form_state

T = TypeVar("T")

BATCH_SIZES = tuple(2**power for power in range(13))  # 1 to 4096
LEARNING_RATES = (*(round(digit * 10**power, 9) for power in range(-6, 0) for digit in (1, 2, 3, 5)), 1.0)
WEIGHT_DECAYS = (0.0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)


def show_common_fields() -> None:
    """Show epochs, layers, dropout and learning rate."""
    _number("Epochs", "epochs", 1, MAX_EPOCHS, help_="How often it sees all training digits.")
    layers = _choice("Hidden layers", form_state.LAYER_COUNT, range(1, form_state.MAX_LAYERS + 1))
    for layer, column in enumerate(st.columns(layers), start=1):
        with column:
            _number(f"Units {layer}", form_state.units_field(layer), 8, 2048, step=8)
    _share("Dropout", "dropout", 0.9, step=0.05, help_="The share of each hidden layer's outputs set to 0 at random.")
    _value_slider(
        "Learning rate",
        "learning_rate",
        LEARNING_RATES,
        help_="How large each change of the weights is, at its highest. Adam's usual value is 0.001.",
    )


def show_other_fields() -> None:
    """Show the network's other settings, then the training's."""
    _choice("Activation", "activation", ACTIVATIONS, help_="What a hidden unit does with the sum of its inputs.")
    _switch("Scale pixels to 0..1", "scaling", help_="Off leaves pixels at 0..255: see what scaling is good for.")
    _choice("Optimizer", "optimizer", OPTIMIZERS, help_="How slopes become changes. SGD has a momentum of 0.9.")
    _choice(
        "Learning-rate schedule",
        "schedule",
        SCHEDULES,
        help_="Cosine falls smoothly to 0 until the end; one cycle rises for a quarter of the training first.",
    )
    _value_slider(
        "Batch size",
        "batch_size",
        BATCH_SIZES,
        help_="How many digits it looks at before each small change of its weights.",
    )
    _value_slider(
        "Weight decay",
        "weight_decay",
        WEIGHT_DECAYS,
        help_="The share that each step takes off every weight, times the learning rate.",
    )
    _share(
        "Label smoothing",
        "label_smoothing",
        0.5,
        step=0.01,
        help_="The share of the right answer that is spread over all ten digits.",
    )
    _number(
        "Training digits",
        "digits",
        MIN_DIGITS,
        TRAINING_DIGITS,
        step=1_000,
        help_="How many of MNIST's 60,000 training digits it learns from: see what many are good for.",
    )
    _switch(
        "Shuffle the labels",
        "shuffled_labels",
        help_="Each digit gets the label of another, so that nothing is left to do but to learn by heart.",
    )
    _switch("Distort the digits", "distortions", help_="Each digit is bent, turned and moved anew whenever it is seen.")
    _number(
        "Synthetic drawings",
        "handwriting",
        0,
        MAX_HANDWRITING,
        step=10_000,
        help_="Drawings made by code in styles that MNIST hardly has, such as a 7 with a bar, to learn from besides. "
        "10,000 take some seconds to make.",
    )
    _show_validation()
    _number(
        "Stop early after epochs without improvement",
        "patience",
        0,
        MAX_EPOCHS,
        help_="How many epochs in a row the validation accuracy may fail to get better; 0 never stops early.",
    )
    _choice(
        "Precision",
        "precision",
        PRECISIONS,
        help_="Fastest here: numbers of 16 bits (bfloat16) in place of 32, where this machine is faster with them.",
    )
    _number(
        "Seed",
        "seed",
        0,
        2**31 - 1,
        help_="The start of all randomness: the same seed and settings give almost the same network.",
    )


def _show_validation() -> None:
    validation = _choice("Validate on", "validation", VALIDATIONS)
    if validation == ON_HELD_OUT:
        note = "10 % of the training digits are kept apart to choose settings by; the test set stays fresh for the end."
    else:
        note = (
            "The book's way. Choosing settings by the test set makes its score look better than the network is; "
            "holding out 10 % of the training digits is the right way."
        )
    st.caption(note)


# The fields keep their values while another page is open: persist_state="session".
def _number(label: str, name: str, low: int, high: int, *, step: int = 1, help_: str | None = None) -> None:
    value, key = form_state.initial_value(name), form_state.widget_key(name)
    st.number_input(label, low, high, value, step=step, key=key, help=help_, persist_state="session")


def _share(label: str, name: str, highest: float, *, step: float, help_: str) -> None:
    value, key = float(form_state.initial_value(name)), form_state.widget_key(name)
    st.slider(label, 0.0, highest, value, step=step, key=key, help=help_, persist_state="session")


def _choice(label: str, name: str, options: Iterable[T], *, help_: str | None = None) -> T:
    return st.segmented_control(
        label,
        list(options),
        default=form_state.initial_value(name),
        key=form_state.widget_key(name),
        required=True,
        format_func=lambda option: SETTING_NAMES.get(option, str(option)),
        help=help_,
        persist_state="session",
    )


def _switch(label: str, name: str, *, help_: str) -> None:
    st.toggle(
        label, form_state.initial_value(name), key=form_state.widget_key(name), help=help_, persist_state="session"
    )


def _value_slider(label: str, name: str, values: tuple[float, ...], *, help_: str) -> None:
    """Show a slider over ``values``, the recipes' values, and the initial value."""
    value, key = form_state.initial_value(name), form_state.widget_key(name)
    steps = sorted({vars(recipe.training)[name] for recipe in RECIPES.values()}.union(values, [value]))
    st.select_slider(label, steps, value, key=key, format_func=plain_number, help=help_, persist_state="session")
