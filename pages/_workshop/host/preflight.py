"""Host's desk, Preflight: one button, and every line is green or says what to do."""

from importlib.resources import files
from typing import TYPE_CHECKING

import streamlit as st

from pages._shared.messages import error_boundary, escape_markdown
from pages._shared.services import engine, host_actions
from pages._workshop.host.login import host_token

if TYPE_CHECKING:
    from mnist_core.host.preflight import Check

FOUND = "preflight"  # in the session: the checks that were made last
CANVAS = "streamlit-drawable-canvas.streamlit_drawable_canvas"  # as it registers its browser's part
GOOD, BAD = ":green[:material/check_circle:]", ":red[:material/error:]"


@error_boundary
def show_preflight() -> None:
    """What was found last, or what is found now, line by line."""
    st.write("Before people come: whether everything that a workshop needs works here. It takes about half a minute.")
    pressed = st.button("Check everything", icon=":material/flight_takeoff:", type="primary")
    found: list[Check] = [] if pressed else st.session_state.get(FOUND, [])
    for check in found:
        _show(check)
    if pressed:
        with st.spinner("Checking", show_time=True):
            for check in host_actions().preflight(host_token(), engine(), canvas=_canvas()):
                _show(check)
                found.append(check)
        st.session_state[FOUND] = found
    if found:
        _conclude([check for check in found if not check.ok])


def _canvas() -> str:
    """The address of the canvas' script, as Streamlit gives it to browsers."""
    asked = st.get_option("server.address")
    server = "localhost" if asked in (None, "0.0.0.0", "::") else asked
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    base = "/".join(filter(None, (st.get_option("server.baseUrlPath").strip("/"), "_stcore/bidi-components")))
    script = next((files("streamlit_drawable_canvas") / "frontend/build").glob("index-*.js"))
    return f"{scheme}://{server}:{st.get_option('server.port')}/{base}/{CANVAS}/{script.name}"


def _show(check: "Check") -> None:
    st.markdown(f"{GOOD if check.ok else BAD} **{escape_markdown(check.name)}**: {escape_markdown(check.told)}")


def _conclude(bad: "list[Check]") -> None:
    if bad:
        names = ", ".join(check.name for check in bad)
        st.error(f"{escape_markdown(names)}: do what the line says, then check again.", icon=":material/build:")
    else:
        st.success("Everything works. Let them come.", icon=":material/celebration:")
