"""The knobs of the training form: what a recipe set them to and where they were turned, in the session.

A widget is made with its value, and made anew when a recipe sets it. Streamlit can also send a widget another value,
but a busy browser may miss that, or take it up later and undo what was typed meanwhile.
"""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.recipes import RECIPES, Recipe
from pages._shared.identity import nickname, person

NAME, KNOBS = "name", "knobs"  # in the session: what was typed as the run's name, and the Knobs
LAYERS = "layers"  # a knob beside those of the configuration's fields
OWN = "own"  # the recipe's name when the knobs are those of none
MAX_LAYERS = 4
UNITS = 512  # of a layer that no recipe has


@dataclass(frozen=True)
class Knobs:
    """What the recipe chosen last set each knob to, by name, and how many were chosen before it."""

    values: dict[str, Any]
    settings: int = 0


def units_of(layer: int) -> str:
    """The knob with the units of hidden layer ``layer``, which counts from 1."""
    return f"units_{layer}"


def settings() -> int:
    """How often a recipe has set the knobs anew."""
    return _knobs().settings


def key(name: str) -> str:
    """The key of the knob's widget."""
    return f"{name}-{settings()}"


def first_value(name: str) -> Any:  # noqa: ANN401, knobs are numbers, words and switches
    """What the knob's widget is made with."""
    return _knobs().values[name]


def value(name: str) -> Any:  # noqa: ANN401
    """The knob's value now."""
    turned = st.session_state.get(key(name), first_value(name))
    return round(turned, 9) if isinstance(turned, float) else turned  # a slider's 0.15000000000000002 is meant as 0.15


def turn_to(model: ModelConfig, training: TrainingConfig) -> None:
    """Set all knobs to these values."""
    _set(model, training, settings=settings() + 1)


def turn_to_recipe(recipe: Recipe) -> None:
    """Set all knobs to the recipe's values; the seed, which is not part of a recipe, stays."""
    turn_to(recipe.model, replace(recipe.training, seed=value("seed")))


def model() -> ModelConfig:
    """The network that the knobs say. Raises ConfigError when one is out of bounds."""
    units = tuple(value(units_of(layer)) for layer in range(1, value(LAYERS) + 1))
    others = {name: value(name) for name in vars(ModelConfig()) if name != "hidden_units"}
    return ModelConfig(hidden_units=units, **others)


def training() -> TrainingConfig:
    """The training that the knobs say. Raises ConfigError when one is out of bounds."""
    return TrainingConfig(**{name: value(name) for name in vars(TrainingConfig())})


def config(default_name: str) -> RunConfig:
    """The run that the form says, asked for by this person. Raises ConfigError when something is out of bounds."""
    return RunConfig(
        name=st.session_state.get(NAME, "").strip() or default_name,
        recipe=recipe_of(model(), training()) or OWN,
        person=person(),
        nickname=nickname(),
        model=model(),
        training=training(),
    )


def recipe_of(network: ModelConfig, how: TrainingConfig) -> str | None:
    """The name of the recipe with these values, whatever the seed; None when there is none."""
    for name, recipe in RECIPES.items():
        if (recipe.model, recipe.training) == (network, replace(how, seed=recipe.training.seed)):
            return name
    return None


def _knobs() -> Knobs:
    if KNOBS not in st.session_state:
        recipe = next(iter(RECIPES.values()))
        _set(recipe.model, recipe.training, settings=0)
    return st.session_state[KNOBS]


def _set(model: ModelConfig, training: TrainingConfig, *, settings: int) -> None:
    units = model.hidden_units
    values = vars(model) | vars(training) | {LAYERS: len(units)}
    for layer in range(1, MAX_LAYERS + 1):
        values[units_of(layer)] = units[layer - 1] if layer <= len(units) else UNITS
    st.session_state[KNOBS] = Knobs(values, settings)
