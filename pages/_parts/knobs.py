"""The knobs of the training form: their values live in the session, under the names of the configuration's fields."""

from dataclasses import replace

import streamlit as st

from mnist_core.config import RECIPES, ModelConfig, Recipe, RunConfig, TrainingConfig
from pages._parts.person import person

RECIPE, NAME, LAYERS = "recipe", "name", "layers"  # further keys in the session
OWN = "own"  # the recipe's name when the knobs are those of none
MAX_LAYERS = 4
UNITS = 512  # of a layer that no recipe has


def units_key(layer: int) -> str:
    """The key of the units of hidden layer ``layer``, which counts from 1."""
    return f"units_{layer}"


def prepare() -> None:
    """Give the knobs that were never turned the first recipe's values."""
    if LAYERS not in st.session_state:
        turn_to(next(iter(RECIPES.values())))


def turn_to(recipe: Recipe) -> None:
    """Set all knobs to the recipe's values; the seed, which is not part of a recipe, stays."""
    seed = st.session_state.get("seed", recipe.training.seed)
    units = recipe.model.hidden_units
    values = vars(recipe.model) | vars(recipe.training) | {"seed": seed, LAYERS: len(units)}
    del values["hidden_units"]
    values |= {units_key(layer): UNITS for layer in range(1, MAX_LAYERS + 1)}
    values |= {units_key(layer): count for layer, count in enumerate(units, start=1)}
    for key, value in values.items():
        st.session_state[key] = value


def model() -> ModelConfig:
    """The network that the knobs say. Raises ConfigError when one is out of bounds."""
    units = tuple(st.session_state[units_key(layer)] for layer in range(1, st.session_state[LAYERS] + 1))
    return ModelConfig(hidden_units=units, **_values(ModelConfig(), without="hidden_units"))


def training() -> TrainingConfig:
    """The training that the knobs say. Raises ConfigError when one is out of bounds."""
    return TrainingConfig(**_values(TrainingConfig()))


def config(default_name: str) -> RunConfig:
    """The run that the form says, asked for by this person. Raises ConfigError when something is out of bounds."""
    return RunConfig(
        name=st.session_state.get(NAME, "").strip() or default_name,
        recipe=recipe_of(model(), training()) or OWN,
        person=person(),
        model=model(),
        training=training(),
    )


def recipe_of(network: ModelConfig, how: TrainingConfig) -> str | None:
    """The name of the recipe with these values, whatever the seed; None when there is none."""
    for name, recipe in RECIPES.items():
        if (recipe.model, recipe.training) == (network, replace(how, seed=recipe.training.seed)):
            return name
    return None


def _values(fields: ModelConfig | TrainingConfig, *, without: str = "") -> dict[str, object]:
    return {name: _exact(st.session_state[name]) for name in vars(fields) if name != without}


def _exact(value: object) -> object:
    """A slider's 0.15000000000000002 is meant as 0.15."""
    return round(value, 9) if isinstance(value, float) else value
