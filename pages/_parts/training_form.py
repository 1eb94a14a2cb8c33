"""The form that says what to train: network, training and a name."""

import streamlit as st

from mnist_core.config import MAX_EPOCHS, MAX_NAME_LENGTH, ModelConfig, RunConfig, TrainingConfig
from mnist_core.runs import store

LEARNING_RATES = (0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
BATCH_SIZES = (16, 32, 64, 128, 256, 512, 1024)


def training_form() -> RunConfig:
    """Show the form; returns what it says. Raises ConfigError when that is out of bounds."""
    own_runs = [run for run in store.list_runs(store.home()) if not run.shipped]
    default_name = f"network {len(own_runs) + 1}"
    name = st.text_input(
        "Name", placeholder=default_name, key="name", persist_state="session", max_chars=MAX_NAME_LENGTH
    )
    model = _network()
    training = _training()
    st.caption(f"{model.parameters:,} parameters: the numbers that the network will learn.")
    own = (model, training) != (ModelConfig(), TrainingConfig())
    return RunConfig(name=name.strip() or default_name, recipe="own" if own else "book", model=model, training=training)


def _network() -> ModelConfig:
    layers = st.segmented_control(
        "Hidden layers", [1, 2, 3, 4], default=2, required=True, key="layers", persist_state="session"
    )
    columns = st.columns(layers)
    units = [
        column.number_input(f"Units {number}", 8, 2048, 512, step=8, key=f"units_{number}", persist_state="session")
        for number, column in enumerate(columns, start=1)
    ]
    dropout = st.slider(
        "Dropout",
        0.0,
        0.9,
        0.2,
        step=0.05,
        key="dropout",
        persist_state="session",
        help="The share of each hidden layer's outputs that is set to 0 at random in each training step.",
    )
    scaling = st.toggle(
        "Scale pixels to 0..1",
        value=True,
        key="scaling",
        persist_state="session",
        help="Off leaves pixels at 0..255: see what scaling is good for.",
    )
    return ModelConfig(hidden_units=tuple(units), dropout=dropout, scaling=scaling)


def _training() -> TrainingConfig:
    left, right = st.columns(2)
    epochs = left.number_input(
        "Epochs",
        1,
        MAX_EPOCHS,
        20,
        key="epochs",
        persist_state="session",
        help="How often it sees all 60,000 training digits.",
    )
    seed = right.number_input(
        "Seed",
        0,
        2**31 - 1,
        0,
        key="seed",
        persist_state="session",
        help="The start of all randomness: the same seed and settings give almost the same network.",
    )
    batch_size = st.select_slider(
        "Batch size",
        BATCH_SIZES,
        128,
        key="batch_size",
        persist_state="session",
        help="How many digits it looks at before each small change of its weights.",
    )
    learning_rate = st.select_slider(
        "Learning rate",
        LEARNING_RATES,
        0.001,
        format_func=lambda rate: f"{rate:f}".rstrip("0"),
        key="learning_rate",
        persist_state="session",
        help="How large each change is. Adam's usual value is 0.001.",
    )
    return TrainingConfig(epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, seed=seed)
