"""Selections that session state and the URL hold, so that they survive a reload and can be shared as a link.

A widget gets its value when it is created: a new value for an existing widget may reach a busy browser too late. A
value that is set from code therefore gives its widget a new key, which creates it again.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


@dataclass(frozen=True)
class UrlState:
    """A selection on a page, changed by ``read_widget``, its widget's callback, or by ``set``, from other code.

    ``name``: the query parameter. ``valid``: whether a value is allowed, as a URL may contain anything. ``text``:
    converts the widget's value to the query parameter's value.
    """

    page: str
    name: str
    default: str
    valid: Callable[[str], bool]
    _: KW_ONLY
    text: Callable[[Any], str] = str

    @property
    def value(self) -> str:
        """The selected value, else the value in the URL, else the default."""
        requested = st.session_state.get(self._session_key, st.query_params.get(self.name))
        return requested if requested is not None and self.valid(requested) else self.default

    def sync_url(self) -> None:
        """Write the value to the URL, or remove it from there if it is the default."""
        if self.value != self.default:
            st.query_params[self.name] = self.value
        elif self.name in st.query_params:
            del st.query_params[self.name]

    @property
    def key(self) -> str:
        """The widget's key."""
        return f"{self._session_key}_{st.session_state.get(self._revision_key, 0)}"

    def read_widget(self) -> None:
        """Store the widget's value; this is the widget's callback."""
        st.session_state[self._session_key] = self.text(st.session_state[self.key])

    def set(self, value: str) -> None:
        """Set the value from other code than the widget, which is then created again."""
        st.session_state[self._session_key] = value
        st.session_state[self._revision_key] = st.session_state.get(self._revision_key, 0) + 1

    def segmented(
        self,
        label: str,
        names: Mapping[str, str],
        *,
        on_change: Callable[[], None] | None = None,
        hidden_label: bool = False,
    ) -> None:
        """Show the values in ``names`` by their labels, side by side; ``on_change`` replaces ``read_widget``."""
        st.segmented_control(
            label,
            list(names),
            default=self.value,
            required=True,
            format_func=names.__getitem__,
            label_visibility="collapsed" if hidden_label else "visible",
            wrap=True,
            key=self.key,
            on_change=on_change or self.read_widget,
        )

    def select(
        self,
        label: str,
        names: Mapping[str, str],
        *,
        on_change: Callable[[], None] | None = None,
        width: int | Literal["stretch"] = "stretch",
        help_: str | None = None,
    ) -> None:
        """Show the same values in a select box."""
        st.selectbox(
            label,
            list(names),
            list(names).index(self.value),
            format_func=names.__getitem__,
            key=self.key,
            on_change=on_change or self.read_widget,
            width=width,
            help=help_,
        )

    @property
    def _session_key(self) -> str:
        return f"{self.page}_{self.name}"

    @property
    def _revision_key(self) -> str:
        return f"{self._session_key}_changes"


def preselect(page: str, **values: str) -> None:
    """Set selections of another ``page`` by query parameter, before switching to it. Values are not checked."""
    for name, value in values.items():
        UrlState(page, name, default="", valid=lambda _: True).set(value)


def selected_in_url(options: Collection[str], *, key: str, default: Callable[[], str]) -> str:
    """Return and store what ``select_in_url`` would return, without showing its widget."""
    requested: str | None = st.session_state.get(key) or st.query_params.get(key)
    chosen = requested if requested is not None and requested in options else default()
    st.session_state[key] = st.query_params[key] = chosen
    return chosen


def select_in_url(
    container: DeltaGenerator,
    name: str,
    options: Sequence[str],
    *,
    key: str,
    default: Callable[[], str],
    format_func: Callable[[str], str],
    on_choose: Callable[[str], None] | None = None,
    help_: str | None = None,
) -> str:
    """Show a select box whose value is kept in session state and in the URL under ``key``; return the value.

    It is the selected value, else the URL's, else ``default``; values that are no longer in ``options`` are ignored.
    ``on_choose`` is called with a new choice. (Streamlit's own URL binding stores the label, and labels change.)
    """
    chosen = selected_in_url(options, key=key, default=default)
    labels = distinct_labels(options, format_func)
    # A new widget for each choice and its label: an old one's value must not undo the change.
    widget_key = f"{key}-{chosen}-{labels[chosen]}"

    def update_selection() -> None:
        # A browser sends a label; one that is not up to date may send an old label, which is ignored.
        choice = st.session_state[widget_key]
        if st.session_state[key] == chosen != choice and choice in options:
            st.session_state[key] = choice
            if on_choose:
                on_choose(choice)

    container.selectbox(
        name,
        options,
        options.index(chosen),
        key=widget_key,
        format_func=lambda option: labels.get(option, option),
        help=help_,
        on_change=update_selection,
    )
    return chosen


def toggle_in_url(name: str, *, key: str) -> bool:
    """Show a toggle, initially off, whose value is kept in session state and in the URL under ``key``."""
    initial = st.session_state.setdefault(f"{key}-at-first", st.query_params.get(key) == "yes")
    is_on = st.toggle(name, initial, key=key, persist_state="session")
    set_query_param(key, "yes" if is_on else "")
    return is_on


def set_query_param(key: str, value: str) -> None:
    """Set the query parameter ``key``, or remove it if ``value`` is empty."""
    if value:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)


def distinct_labels(options: Sequence[str], format_func: Callable[[str], str]) -> dict[str, str]:
    """Return each option's label; equal ones are numbered from the last, as a browser sends only the label."""
    counts: Counter[str] = Counter()
    labels = {}
    for option in reversed(options):
        label = format_func(option)
        counts[label] += 1
        labels[option] = f"{label} ({counts[label]})" if counts[label] > 1 else label
    return labels
