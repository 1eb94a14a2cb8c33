"""Host's view, Preflight: a button that runs all checks, and their results."""

from fnmatch import fnmatch
from importlib.resources import files
from typing import TYPE_CHECKING

import streamlit as st

from pages._shared.messages import error_boundary, escape_markdown
from pages._shared.services import engine
from pages._workshop.host.login import host_actions

if TYPE_CHECKING:
    from mnist_core.host.preflight import Check

CHECKS_KEY = "preflight"  # session state: the results of the last checks
CANVAS_COMPONENT = "streamlit-drawable-canvas.streamlit_drawable_canvas"  # name under which it registers its frontend
PASSED, FAILED = ":green[:material/check_circle:]", ":red[:material/error:]"


@error_boundary
def show_preflight() -> None:
    """Show the last results, or run the checks and show each result as it comes."""
    st.write("Before people come: whether everything that a workshop needs works here. It takes about half a minute.")
    pressed = st.button("Check everything", icon=":material/flight_takeoff:", type="primary")
    checks: list[Check] = [] if pressed else st.session_state.get(CHECKS_KEY, [])
    for check in checks:
        _show(check)
    if pressed:
        with st.spinner("Checking", show_time=True):
            for check in host_actions().preflight(engine(), canvas=_canvas_url()):
                _show(check)
                checks.append(check)
        st.session_state[CHECKS_KEY] = checks
    if checks:
        _show_summary([check for check in checks if not check.ok])


def _canvas_url() -> str:
    """Return the URL at which Streamlit serves the canvas component's script."""
    address = st.get_option("server.address")
    server = "localhost" if address in (None, "0.0.0.0", "::") else address
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    base = "/".join(filter(None, (st.get_option("server.baseUrlPath").strip("/"), "_stcore/bidi-components")))
    build = files("streamlit_drawable_canvas") / "frontend/build"
    script = next(file for file in build.iterdir() if fnmatch(file.name, "index-*.js"))
    return f"{scheme}://{server}:{st.get_option('server.port')}/{base}/{CANVAS_COMPONENT}/{script.name}"


def _show(check: "Check") -> None:
    st.markdown(f"{PASSED if check.ok else FAILED} **{escape_markdown(check.name)}**: {escape_markdown(check.message)}")


def _show_summary(failed: "list[Check]") -> None:
    if failed:
        names = ", ".join(check.name for check in failed)
        st.error(f"{escape_markdown(names)}: do what the line says, then check again.", icon=":material/build:")
    else:
        st.success("Everything works. Let them come.", icon=":material/celebration:")
