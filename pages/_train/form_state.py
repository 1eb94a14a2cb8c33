"""The values of the training form in session state: those that a recipe set, and the changes since.

A widget gets its value when it is created, and is created again when a recipe sets it. Streamlit can also send a new
value to a widget, but a busy browser may miss it, or apply it late and undo what was typed meanwhile.
"""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.recipes import RECIPES, Recipe
from pages._shared.identity import nickname, person

NAME_KEY, VALUES_KEY = "name", "knobs"  # session state: the typed name of the run, and the FormValues
LAYER_COUNT = "layers"  # a form field that is no field of the configuration
CUSTOM_RECIPE = "own"  # the recipe's name in a run whose settings match no recipe
MAX_LAYERS = 4
DEFAULT_UNITS = 512  # of a layer that the recipe does not have


@dataclass(frozen=True)
class FormValues:
    """The value that was last set from code for each field, by name, and how often this was done before."""

    values: dict[str, Any]
    revision: int = 0


def units_field(layer: int) -> str:
    """Return the name of the field with the units of hidden layer ``layer``, which counts from 1."""
    return f"units_{layer}"


def revision() -> int:
    """Return how often the fields were set from code."""
    return _form_values().revision


def widget_key(name: str) -> str:
    """Return the key of the field's widget."""
    return f"{name}-{revision()}"


def initial_value(name: str) -> Any:  # noqa: ANN401, fields are numbers, strings and booleans
    """Return the value with which the field's widget is created."""
    return _form_values().values[name]


def value(name: str) -> Any:  # noqa: ANN401
    """Return the current value of the field."""
    raw = st.session_state.get(widget_key(name), initial_value(name))
    return round(raw, 9) if isinstance(raw, float) else raw  # a slider sends 0.15000000000000002 for 0.15


def set_fields(model: ModelConfig, training: TrainingConfig) -> None:
    """Set all fields to these values."""
    _store(model, training, revision=revision() + 1)


def apply_recipe(recipe: Recipe) -> None:
    """Set all fields to the recipe's values; the seed, which is not part of a recipe, stays."""
    set_fields(recipe.model, replace(recipe.training, seed=value("seed")))


def model() -> ModelConfig:
    """Return the network of the form. Raises ConfigError when a value is out of range."""
    units = tuple(value(units_field(layer)) for layer in range(1, value(LAYER_COUNT) + 1))
    others = {name: value(name) for name in vars(ModelConfig()) if name != "hidden_units"}
    return ModelConfig(hidden_units=units, **others)


def training() -> TrainingConfig:
    """Return the training of the form. Raises ConfigError when a value is out of range."""
    return TrainingConfig(**{name: value(name) for name in vars(TrainingConfig())})


def config(default_name: str) -> RunConfig:
    """Return the run of the form, owned by this person. Raises ConfigError when a value is out of range."""
    return RunConfig(
        name=st.session_state.get(NAME_KEY, "").strip() or default_name,
        recipe=matching_recipe(model(), training()) or CUSTOM_RECIPE,
        person=person(),
        nickname=nickname(),
        model=model(),
        training=training(),
    )


def matching_recipe(model_config: ModelConfig, training_config: TrainingConfig) -> str | None:
    """Return the name of the recipe with these values, apart from the seed; None when there is none."""
    for name, recipe in RECIPES.items():
        if (recipe.model, recipe.training) == (model_config, replace(training_config, seed=recipe.training.seed)):
            return name
    return None


def _form_values() -> FormValues:
    if VALUES_KEY not in st.session_state:
        recipe = next(iter(RECIPES.values()))
        _store(recipe.model, recipe.training, revision=0)
    return st.session_state[VALUES_KEY]


def _store(model: ModelConfig, training: TrainingConfig, *, revision: int) -> None:
    units = model.hidden_units
    values = vars(model) | vars(training) | {LAYER_COUNT: len(units)}
    for layer in range(1, MAX_LAYERS + 1):
        values[units_field(layer)] = units[layer - 1] if layer <= len(units) else DEFAULT_UNITS
    st.session_state[VALUES_KEY] = FormValues(values, revision)
