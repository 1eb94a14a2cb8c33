"""What relies on the inside of Streamlit and of the drawable canvas, which a new version may change.

Each piece was made for the versions in MADE_FOR; a test fails when others are installed.
"""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

MADE_FOR = {"streamlit": "1.67", "streamlit-drawable-canvas": "0.13"}  # package: version, without its last number

# Streamlit has no setting for its own spacing and bars. The attributes below are those that its tests use.
MAIN_BLOCK = "[data-testid=stMainBlockContainer]"
AROUND_THE_PAGE = "[data-testid=stSidebar], [data-testid=stHeader], [data-testid=stToolbar]"

# Streamlit sets this cookie against forged requests; it outlives a reload, and Streamlit has no other id of a browser.
XSRF_COOKIE = "_streamlit_xsrf"

# When a fragment has finished, Streamlit removes the elements of its earlier run. If another run follows within
# milliseconds, as it may with ``run_every``, Streamlit treats the first run as interrupted, and its stale elements
# stay on the page (``_update_script_finished_message``). This is longer than the server takes to report the end of
# a run to the browser.
STALE_ELEMENTS_SECONDS = 0.1


def is_fragment_rerun() -> bool:
    """Return whether this script run executes only fragments, which no public function tells."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def browser_token() -> bytes:
    """Return the token in this browser's XSRF cookie, the same on every visit; empty without a cookie.

    The token protects against forged requests, so only its hash may be stored.
    """
    return unmask_token(st.context.cookies.get(XSRF_COOKIE, ""))


def unmask_token(cookie: str) -> bytes:
    """Return the token in the cookie ``2|mask|masked token|time``, which has a new mask on each visit.

    Empty if the cookie is malformed.
    """
    try:
        _, mask, masked, _ = cookie.strip("\"'").split("|")
        key = bytes.fromhex(mask)
        return bytes(byte ^ key[index % len(key)] for index, byte in enumerate(bytes.fromhex(masked)))
    except (ValueError, ZeroDivisionError):
        return b""


# Fabric.js maps the pointer to a canvas that is scaled by CSS. The canvas is not higher than the window, but for a
# phone held sideways.
CANVAS_CSS = """
.dc-toolbar {display: none !important;}
.dc-root {width: min(420px, max(220px, 100dvh - 9rem)); max-width: 100%;}
.dc-scroll {overflow: visible;}
.dc-container, .canvas-container, canvas {width: 100% !important; height: auto !important; aspect-ratio: 1;}
"""


@cache
def adapt_canvas() -> None:
    """Register the drawable canvas once more, without its own toolbar and fitted to its container's width.

    The toolbar is invisible over the canvas' upper right corner until a mouse hovers there: a stroke that begins
    under it is lost, and a finger may press a button. The library has no switch for it, and a canvas wider than its
    container is cut off. (The styles need ``important``, as the library sets them on the elements.) Once a process
    is enough.
    """
    import streamlit_drawable_canvas

    (styles,) = Path(streamlit_drawable_canvas.__file__).parent.glob("frontend/build/index-*.css")
    streamlit_drawable_canvas.out = st.components.v2.component(
        "streamlit-drawable-canvas.streamlit_drawable_canvas",
        js="index-*.js",
        css=styles.read_text() + CANVAS_CSS,
        html='<div class="canvas-root"></div>',
    )
