"""Dataset, Map: a 2-D embedding of the 10,000 test digits by raw pixels or by the activations of a hidden layer."""

from functools import cache

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.projection import METHODS, pixel_maps
from mnist_core.digits.reference import Digit
from mnist_core.engine.embedding_maps import HiddenMap
from mnist_core.engine.shared import JobProgress
from mnist_core.runs.run import Run
from pages._dataset.map_component import Area, indices_in_area, show_map, show_sprite_sheet, sprite_sheet, unit_square
from pages._dataset.open_digit import choose_among, show_open_digit
from pages._dataset.selection import get_open_digit, set_open_digit
from pages._shared.engine_status import ask_engine
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
AREA_KEY = "dataset_area"  # session state: the map's name and the area that is selected on it
MAX_SHOWN = 60  # digits of the selected area

METHOD_TEXTS = {
    "tsne": "**t-SNE** lays digits so that each has its most similar ones around it. Read which digits lie together "
    "and which stray into another group; how far two groups are apart, and how large they are, means little.",
    "pca": "**PCA** looks at the cloud of digits from the side where it is widest: a straight projection, so distances "
    "are true but for all the other directions, which it leaves out. So the groups overlap.",
}
WAITING_TEXT = """
A hidden layer turns 784 pixels into a few hundred numbers, from which the next layer goes on. Digits for which these
numbers are alike are alike **to the network**. On the map of the raw pixels, 4s and 9s lie mixed, as their ink does.
A trained network has learned to pull them apart, layer by layer: compare the layers when they are here. Those that
still lie among another class are the ones it gets wrong, or nearly.

t-SNE moves all 10,000 digits at once, a little at a time: first it pulls groups together, then it lays them out.
You can watch it here; the map is then kept, for everybody.
"""


def show_map_view() -> None:
    """Show the controls, the map, the digits in the selected area and the open digit."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        layer_map = _choose_map()
    show_sprite_sheet(_sprite_sheet())
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        selected = _show_chosen_map(layer_map)
    with right:
        if selected is not None:
            _show_area(selected)
        show_open_digit()


def _choose_map() -> HiddenMap | None:
    """Show the controls; return the chosen map of a hidden layer, or None for the map of the raw pixels."""
    run = _run()
    layers = [str(layer) for layer in range(1, 1 + len(run.read_config().model.hidden_units))] if run else []
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
        format_func=METHOD_NAMES.__getitem__,
        key=METHOD.key,
        on_change=METHOD.read_widget,
    )
    return None if run is None or chosen == PIXELS else HiddenMap(run, int(chosen), METHOD.value)


def _run() -> Run | None:
    try:
        return chosen_run()
    except NoModel:
        return None


def _show_chosen_map(layer_map: HiddenMap | None) -> np.ndarray | None:
    """Show the map or its progress; return the selected test indices, int64 (N,), or None if no area is selected."""
    if layer_map is None:
        return _show(pixel_maps()[METHOD.value], PIXELS + METHOD.value, "The 10,000 test digits by their raw pixels.")
    name = f"{layer_map.run.id}-{layer_map.layer}-{layer_map.method}"
    result = ask_engine(lambda: engine().map(layer_map))
    if isinstance(result, JobProgress):
        polling_fragment("1s")(_show_progress)(layer_map, name)
    if result is None or isinstance(result, JobProgress):
        st.markdown(WAITING_TEXT)
        return None
    run = escape_markdown(layer_map.run.read_config().name)
    return _show(result, name, f"The 10,000 test digits as hidden layer {layer_map.layer} of {run} holds them.")


def _show_progress(layer_map: HiddenMap, name: str) -> None:
    """Show the progress of a map that is being computed; rerun the app when it is done."""
    state = engine().map(layer_map)
    if not isinstance(state, JobProgress):
        st.rerun()
    st.progress(state.done, f"Laying out 10,000 digits: {state.done:.0%}" if state.done else "Asking the network …")
    if state.preview is not None:
        show_map(unit_square(state.preview), _labels(), name=name, noun="Test digit", key="dataset_unfolding")


def _show(positions: np.ndarray, name: str, text: str) -> np.ndarray | None:
    """Show the map called ``name`` and its description; return the test indices in the selected area, or None."""
    points, opened = unit_square(positions), get_open_digit()
    area_map, area = st.session_state.get(AREA_KEY, (None, None))
    area = area if area_map == name else None

    def select(selected: Area) -> None:
        st.session_state[AREA_KEY] = (name, selected)

    show_map(
        points,
        _labels(),
        name=name,
        noun="Test digit",
        key="dataset_map",
        chosen=opened.index if opened.split == "test" else None,
        area=area,
        on_open=lambda index: set_open_digit(Digit("test", index)),
        on_select=select,
    )
    st.caption(
        "Hover over a point to see its digit, click it to open it, drag over an area to see what lies there. Up "
        "close, points become pictures."
    )
    st.markdown(f"{text} {METHOD_TEXTS[METHOD.value]}")
    return indices_in_area(area, points) if area else None


def _show_area(indices: np.ndarray) -> None:
    labels = _labels()[indices]
    counts = np.bincount(labels, minlength=10)
    summary = ", ".join(f"{counts[label]:,} × {label}" for label in np.argsort(-counts) if counts[label])
    shown = [Digit("test", int(index)) for index in indices[:MAX_SHOWN]]
    note = f" The {MAX_SHOWN} nearest to its middle:" if len(indices) > MAX_SHOWN else ""
    st.markdown(f"**{len(indices):,} digits in the area**: {summary or 'drag over some points'}.{note}")
    choose_among(shown, [str(digit.label) for digit in shown], key="dataset_selected")


def _labels() -> np.ndarray:
    return mnist.load().test.labels


@cache
def _sprite_sheet() -> bytes:
    """Return the sprite sheet of the test digits, made once per process; 1.7 MB."""
    return sprite_sheet(mnist.load().test.images)
