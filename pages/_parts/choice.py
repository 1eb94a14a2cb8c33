"""A choice that the session and the page's address hold, so that it outlives a reload and can be shared as a link.

A widget starts from it: a value that code puts into a widget may reach a busy browser too late, so a choice that
something else makes gives its widget another key, and with it a new start.
"""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

import streamlit as st


@dataclass(frozen=True)
class Choice:
    """One thing that is chosen on a page: by ``take``, its widget's callback, or by ``choose``, from anywhere else.

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

    def tell_address(self) -> None:
        """Have the address say what is chosen, where that is not the default."""
        if self.value != self.default:
            st.query_params[self.name] = self.value
        elif self.name in st.query_params:
            del st.query_params[self.name]

    @property
    def key(self) -> str:
        """The key of its widget."""
        return f"{self._session}_{st.session_state.get(self._changes, 0)}"

    def take(self) -> None:
        """Its widget was used."""
        st.session_state[self._session] = self.text(st.session_state[self.key])

    def choose(self, value: str) -> None:
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
        """Offer the values that ``names`` has names for, side by side; ``on_change`` takes the place of ``take``."""
        st.segmented_control(
            label,
            list(names),
            default=self.value,
            required=True,
            format_func=names.get,
            label_visibility="collapsed" if hidden_label else "visible",
            wrap=True,
            key=self.key,
            on_change=on_change or self.take,
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
            on_change=on_change or self.take,
            width=width,
            help=help_,
        )

    @property
    def _session(self) -> str:
        return f"{self.page}_{self.name}"

    @property
    def _changes(self) -> str:
        return f"{self._session}_changes"
