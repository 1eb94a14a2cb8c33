"""Dataset, Map: the 10,000 test digits laid out by how alike they are, to the eye or to a network."""

from functools import cache

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.projection import METHODS, pixel_maps
from mnist_core.digits.reference import Digit
from mnist_core.engine.maps import HiddenMap
from mnist_core.engine.protocol import EngineNotReady, MapProgress
from mnist_core.runs.run import Run
from pages._dataset.map_component import Area, inside, sheet, show_map, show_sheet, unit_square
from pages._dataset.open_digit import choose_among, show_open_digit
from pages._dataset.selection import open_, open_digit
from pages._shared.engine_status import wait_for_engine
from pages._shared.fragments import polling_fragment
from pages._shared.messages import escape_markdown
from pages._shared.model_picker import NoModel, chosen_run
from pages._shared.services import engine
from pages._shared.url_state import UrlState

PIXELS = "pixels"
LAYER = UrlState(
    "dataset", "layer", PIXELS, lambda text: text == PIXELS or (text.isascii() and text.isdecimal() and int(text) > 0)
)
METHOD = UrlState("dataset", "layout", "tsne", lambda text: text in METHODS)
METHOD_NAMES = {"tsne": "t-SNE", "pca": "PCA"}
AREA = "dataset_area"  # in the session: the map that an area was selected on, and the area
SHOWN = 60  # digits of an area

EXPLAINED = {
    "tsne": "**t-SNE** lays digits so that each has its most similar ones around it. Read which digits lie together "
    "and which stray into another group; how far two groups are apart, and how large they are, means little.",
    "pca": "**PCA** looks at the cloud of digits from the side where it is widest: a straight projection, so distances "
    "are true but for all the other directions, which it leaves out. So the groups overlap.",
}
MEANWHILE = """
A hidden layer turns 784 pixels into a few hundred numbers, from which the next layer goes on. Digits for which these
numbers are alike are alike **to the network**. On the map of the raw pixels, 4s and 9s lie mixed, as their ink does.
A trained network has learned to pull them apart, layer by layer: compare the layers when they are here. Those that
still lie among another class are the ones it gets wrong, or nearly.

t-SNE moves all 10,000 digits at once, a little at a time: first it pulls groups together, then it lays them out.
You can watch it here; the map is then kept, for everybody.
"""


def show_map_view() -> None:
    """What is laid out and how, the map, and what was selected on it."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        wanted = _choose_map()
    show_sheet(_sheet())
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        selected = _show_wanted(wanted)
    with right:
        if selected is not None:
            _show_area(selected)
        show_open_digit()


def _choose_map() -> HiddenMap | None:
    """The map of a hidden layer that is asked for; None for the raw pixels'."""
    run = _run()
    layers = [str(layer) for layer in range(1, 1 + len(run.config.model.hidden_units))] if run else []
    chosen = LAYER.value if LAYER.value in layers else PIXELS
    st.segmented_control(
        "Alike in",
        [PIXELS, *layers],
        default=chosen,
        required=True,
        format_func=lambda layer: "Raw pixels" if layer == PIXELS else f"Hidden layer {layer}",
        wrap=True,
        key=f"{LAYER.key}_{run.id if run else ''}",
        on_change=lambda: LAYER.set(st.session_state[f"{LAYER.key}_{run.id if run else ''}"]),
        help="The hidden layers are those of the network that the sidebar chooses.",
    )
    st.segmented_control(
        "Layout",
        list(METHOD_NAMES),
        default=METHOD.value,
        required=True,
        format_func=METHOD_NAMES.get,
        key=METHOD.key,
        on_change=METHOD.read_widget,
    )
    return None if chosen == PIXELS else HiddenMap(run, int(chosen), METHOD.value)


def _run() -> Run | None:
    try:
        return chosen_run()
    except NoModel:
        return None


def _show_wanted(wanted: HiddenMap | None) -> np.ndarray | None:
    """The map, or what there is of it. Returns the test digits that are selected, int64 (N,), None without an area."""
    if wanted is None:
        return _show(pixel_maps()[METHOD.value], PIXELS + METHOD.value, "The 10,000 test digits by their raw pixels.")
    name = f"{wanted.run.id}-{wanted.layer}-{wanted.method}"
    try:
        made = engine().map(wanted)
    except EngineNotReady:
        wait_for_engine()
        st.markdown(MEANWHILE)
        return None
    if isinstance(made, MapProgress):
        polling_fragment("1s")(_follow)(wanted, name)
        st.markdown(MEANWHILE)
        return None
    run = escape_markdown(wanted.run.config.name)
    return _show(made, name, f"The 10,000 test digits as hidden layer {wanted.layer} of {run} holds them.")


def _follow(wanted: HiddenMap, name: str) -> None:
    """The map in the making, until it is made."""
    made = engine().map(wanted)
    if not isinstance(made, MapProgress):
        st.rerun()
    st.progress(made.share, f"Laying out 10,000 digits: {made.share:.0%}" if made.share else "Asking the network …")
    if made.positions is not None:
        show_map(unit_square(made.positions), _labels(), name=name, of="Test digit", key="dataset_unfolding")


def _show(positions: np.ndarray, name: str, text: str) -> np.ndarray | None:
    """The map that is called ``name``, and what it shows; returns the digits in the area that is selected on it."""
    places, opened = unit_square(positions), open_digit()
    on, area = st.session_state.get(AREA, (None, None))
    area = area if on == name else None

    def select(selected: Area) -> None:
        st.session_state[AREA] = (name, selected)

    show_map(
        places,
        _labels(),
        name=name,
        of="Test digit",
        key="dataset_map",
        chosen=opened.index if opened.split == "test" else None,
        area=area,
        on_open=lambda number: open_(Digit("test", number)),
        on_select=select,
    )
    st.caption(
        "Hover over a point to see its digit, click it to open it, drag over an area to see what lies there. Up "
        "close, points become pictures."
    )
    st.markdown(f"{text} {EXPLAINED[METHOD.value]}")
    return inside(area, places) if area else None


def _show_area(indices: np.ndarray) -> None:
    labels = _labels()[indices]
    counts = np.bincount(labels, minlength=10)
    told = ", ".join(f"{counts[label]:,} × {label}" for label in np.argsort(-counts) if counts[label])
    shown = [Digit("test", int(index)) for index in indices[:SHOWN]]
    some = f" The {SHOWN} nearest to its middle:" if len(indices) > SHOWN else ""
    st.markdown(f"**{len(indices):,} digits in the area**: {told or 'drag over some points'}.{some}")
    choose_among(shown, [str(digit.label) for digit in shown], key="dataset_selected")


def _labels() -> np.ndarray:
    return mnist.load().test.labels


@cache
def _sheet() -> bytes:
    """The pictures of the test digits, made once per process: 1.7 MB."""
    return sheet(mnist.load().test.images)
