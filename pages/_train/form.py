"""The form that says what to train: a recipe or one's own settings, and a name."""

import streamlit as st

from mnist_core import settings
from mnist_core.config import MAX_NAME_LENGTH, ConfigError, RunConfig
from mnist_core.recipes import RECIPES
from mnist_core.runs import pace, store
from pages._shared.messages import safe_callback
from pages._shared.selected_run import start
from pages._shared.wording import format_duration
from pages._train import form_state
from pages._train.form_fields import show_common_knobs, show_other_knobs


def training_form() -> None:
    """Show the form; its Train button puts in line what the knobs say when it is pressed."""
    _choose_recipe()
    default_name = _default_name()
    st.text_input(
        "Name", placeholder=default_name, key=form_state.NAME, persist_state="session", max_chars=MAX_NAME_LENGTH
    )
    try:
        config = form_state.config(default_name)
    except ConfigError as error:
        config = None
        st.error(str(error), icon=":material/tune:")
    st.button(
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=config is None,
        # Read anew: a value that was typed just before may come with the click.
        on_click=safe_callback(lambda: start(form_state.config(default_name))),
    )
    if config:
        _expectation(config)
    show_common_knobs()
    with st.expander("More settings", icon=":material/tune:"):
        show_other_knobs()


def _choose_recipe() -> None:
    name = form_state.recipe_of(form_state.model(), form_state.training())
    # A new widget whenever the knobs become, or cease to be, those of a recipe: an old one must not turn them back.
    key, settings = form_state.key(f"recipe-{name}"), form_state.settings()

    def choose() -> None:
        if form_state.settings() == settings and st.session_state[key] not in (name, None):
            form_state.turn_to_recipe(RECIPES[st.session_state[key]])

    st.segmented_control("Recipe", list(RECIPES), default=name, required=True, key=key, on_change=choose)
    st.caption(RECIPES[name].description if name else "Your own settings. A recipe sets all of them to its values.")


def _default_name() -> str:
    own_runs = [run for run in store.list_runs(settings.home()) if not run.shipped]
    return f"network {len(own_runs) + 1}"


def _expectation(config: RunConfig) -> None:
    home = settings.home()
    seconds = format_duration(pace.expected_seconds(config, home))
    guess = "" if pace.is_measured(config, home) else ": a first guess; it gets exact with your first training"
    st.caption(f"{config.model.parameters:,} parameters to learn · about {seconds} on this machine{guess}.")
