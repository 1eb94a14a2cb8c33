"""Selections that the session and the page's address hold, so that they outlive a reload and can be shared as a link.

A widget starts from such a value: one that code puts into a widget may reach a busy browser too late, so a value that
something else sets gives its widget another key, and with it a new start.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


@dataclass(frozen=True)
class UrlState:
    """One thing that is chosen on a page: by ``read_widget``, its widget's callback, or by ``set``, from anywhere else.

    ``name`` is what the address calls it. ``valid`` tells what may be chosen: an address can say anything. ``text``
    writes what the widget says as the address does.
    """

    page: str
    name: str
    default: str
    valid: Callable[[str], bool]
    _: KW_ONLY
    text: Callable[[Any], str] = str

    @property
    def value(self) -> str:
        """What was chosen, else what the address says, else the default."""
        asked = st.session_state.get(self._session, st.query_params.get(self.name))
        return asked if asked is not None and self.valid(asked) else self.default

    def sync_url(self) -> None:
        """Have the address say what is chosen, where that is not the default."""
        if self.value != self.default:
            st.query_params[self.name] = self.value
        elif self.name in st.query_params:
            del st.query_params[self.name]

    @property
    def key(self) -> str:
        """The key of its widget."""
        return f"{self._session}_{st.session_state.get(self._changes, 0)}"

    def read_widget(self) -> None:
        """Its widget was used."""
        st.session_state[self._session] = self.text(st.session_state[self.key])

    def set(self, value: str) -> None:
        """Something else than its widget was used."""
        st.session_state[self._session] = value
        st.session_state[self._changes] = st.session_state.get(self._changes, 0) + 1

    def segmented(
        self,
        label: str,
        names: Mapping[str, str],
        *,
        on_change: Callable[[], None] | None = None,
        hidden_label: bool = False,
    ) -> None:
        """Offer the values that ``names`` has names for, side by side; ``on_change`` replaces ``read_widget``."""
        st.segmented_control(
            label,
            list(names),
            default=self.value,
            required=True,
            format_func=names.get,
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
        """Offer the same in a list to unfold."""
        st.selectbox(
            label,
            list(names),
            list(names).index(self.value),
            format_func=names.get,
            key=self.key,
            on_change=on_change or self.read_widget,
            width=width,
            help=help_,
        )

    @property
    def _session(self) -> str:
        return f"{self.page}_{self.name}"

    @property
    def _changes(self) -> str:
        return f"{self._session}_changes"


def preselect(page: str, **values: str) -> None:
    """Set selections of another ``page`` by the names in its address, before going there. Values are not checked."""
    for name, value in values.items():
        UrlState(page, name, default="", valid=lambda _: True).set(value)


def chosen_in_address(options: Collection[str], *, key: str, default: Callable[[], str]) -> str:
    """What ``select_in_address`` has chosen or would choose, for a part of the page that does not show it."""
    asked = st.session_state.get(key) or st.query_params.get(key)
    chosen = asked if asked in options else default()
    st.session_state[key] = st.query_params[key] = chosen
    return chosen


def select_in_address(
    place: DeltaGenerator,
    name: str,
    options: Sequence[str],
    *,
    key: str,
    default: Callable[[], str],
    format_func: Callable[[str], str],
    on_choose: Callable[[str], None] | None = None,
    help_: str | None = None,
) -> str:
    """A selectbox whose value is kept in the session and in the address under ``key``.

    What was chosen comes first, then what the address says, then ``default``; an option that is gone counts as
    not chosen. ``on_choose`` hears of a choice. (Streamlit's own binding would put the label there, and labels change.)
    """
    chosen = chosen_in_address(options, key=key, default=default)
    labels = distinct_labels(options, format_func)
    # A new widget for each choice and its label: what an old one still says must not undo it.
    widget = f"{key}-{chosen}-{labels[chosen]}"

    def choose() -> None:
        # A browser says a label. What it has not heard of yet may be none any more, and is then no choice.
        picked = st.session_state[widget]
        if st.session_state[key] == chosen != picked and picked in options:
            st.session_state[key] = picked
            if on_choose:
                on_choose(picked)

    place.selectbox(
        name,
        options,
        options.index(chosen),
        key=widget,
        format_func=lambda option: labels.get(option, option),
        help=help_,
        on_change=choose,
    )
    return chosen


def text_in_address(name: str, *, key: str, placeholder: str = "") -> str:
    """A text field whose value is kept in the session and in the address under ``key``; "" is not in the address."""
    first = st.session_state.setdefault(f"{key}-at-first", st.query_params.get(key, ""))
    text = st.text_input(name, first, key=key, placeholder=placeholder, persist_state="session").strip()
    put_in_address(key, text)
    return text


def toggle_in_address(name: str, *, key: str) -> bool:
    """A switch, off at first, whose value is kept in the session and in the address under ``key``."""
    first = st.session_state.setdefault(f"{key}-at-first", st.query_params.get(key) == "yes")
    on = st.toggle(name, first, key=key, persist_state="session")
    put_in_address(key, "yes" if on else "")
    return on


def put_in_address(key: str, value: str) -> None:
    """Have the address say ``value`` under ``key``, or nothing for ""."""
    if value:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)


def distinct_labels(options: Sequence[str], format_func: Callable[[str], str]) -> dict[str, str]:
    """Each option's label, numbered from the last on where several have the same: a browser only says the label."""
    seen, labels = Counter(), {}
    for option in reversed(options):
        label = format_func(option)
        seen[label] += 1
        labels[option] = f"{label} ({seen[label]})" if seen[label] > 1 else label
    return labels
