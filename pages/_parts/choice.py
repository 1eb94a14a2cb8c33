"""A choice that the session and the page's address hold, so that it outlives a reload and can be shared as a link.

A widget starts from it: a value that code puts into a widget may reach a busy browser too late, so a choice that
something else makes gives its widget another key, and with it a new start.
"""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any

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

    @property
    def _session(self) -> str:
        return f"{self.page}_{self.name}"

    @property
    def _changes(self) -> str:
        return f"{self._session}_changes"
