"""The training form: a recipe or custom settings, and a name."""

import streamlit as st

from mnist_core import settings
from mnist_core.config import MAX_NAME_LENGTH, ConfigError, RunConfig
from mnist_core.recipes import RECIPES
from mnist_core.runs import pace, scan
from pages._shared.selected_run import train_callback, training_revision
from pages._shared.wording import format_duration
from pages._train import form_state
from pages._train.form_fields import show_common_fields, show_other_fields


def show_training_form() -> None:
    """Show the form; its Train button queues a run with the settings at the time of the click."""
    _choose_recipe()
    default_name = _default_name()
    st.text_input(
        "Name", placeholder=default_name, key=form_state.NAME_KEY, persist_state="session", max_chars=MAX_NAME_LENGTH
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
        key=f"train-{training_revision()}",
        # Read at the click, as a value that was typed just before may arrive with it.
        on_click=train_callback(lambda: form_state.config(default_name)),
    )
    if config:
        _show_estimate(config)
    show_common_fields()
    with st.expander("More settings", icon=":material/tune:"):
        show_other_fields()


def _choose_recipe() -> None:
    name = form_state.matching_recipe(form_state.model(), form_state.training())
    # A new widget whenever the matching recipe changes: an old one's value must not undo the change.
    key, revision = form_state.widget_key(f"recipe-{name}"), form_state.revision()

    def apply_choice() -> None:
        if form_state.revision() == revision and st.session_state[key] not in (name, None):
            form_state.apply_recipe(RECIPES[st.session_state[key]])

    st.segmented_control("Recipe", list(RECIPES), default=name, required=True, key=key, on_change=apply_choice)
    st.caption(RECIPES[name].description if name else "Your own settings. A recipe sets all of them to its values.")


def _default_name() -> str:
    return f"network {len(scan.scan(settings.home()).own) + 1}"


def _show_estimate(config: RunConfig) -> None:
    home = settings.home()
    seconds = format_duration(pace.expected_seconds(config, home))
    note = "" if pace.is_measured(config, home) else ": a first guess; it gets exact with your first training"
    st.caption(f"{config.model.parameters:,} parameters to learn · about {seconds} on this machine{note}.")
