"""Errors, Robustness: the accuracy of networks on perturbed test digits, by the strength of the perturbation."""

import html
from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from mnist_core import settings
from mnist_core.digits import mnist
from mnist_core.digits.perturbations import LEVELS, PERTURBATIONS, Perturbation
from mnist_core.figures.colours import RUN_COLOURS
from mnist_core.runs import scan
from mnist_core.runs.robustness import Robustness, read_robustness
from mnist_core.runs.run import Run
from pages._errors.robustness_measurement import show_measuring
from pages._shared.fragments import fragment
from pages._shared.messages import escape_markdown
from pages._shared.model_picker import distinct_names
from pages._shared.widgets.digit_grid import data_url

EXAMPLE_INDEX = 30  # of a 3 in the test set
CHANCE_ACCURACY = 0.1  # of a random guess
MIN_ACCURACY = 0.9  # threshold in the text about a single network
MAX_OTHERS = 4
HEIGHT, WIDTH = 300, 960  # CSS pixels
AXIS_WIDTH = 44  # CSS pixels left of the plot area; aligns the example digits with the levels of the chart

LESSONS = {
    "rotation": "MNIST's digits stand upright, give or take a slant. Only a network that was shown turned ones in "
    "training knows more of them.",
    "shift": "A dense layer knows each pixel by its place: what it has learned in the middle says nothing about the "
    "edge. So drawings are centred before a network sees them.",
    "scale": "Every digit of MNIST fits a box of 20 × 20 pixels (LeCun et al., 1998), so drawings are brought to that "
    "size before a network sees them.",
    "thickness": "MNIST's strokes are about three pixels wide. A thin pen or a broad brush makes other digits of them.",
    "noise": "In MNIST the ground is black. What to do with one that is not, nobody has taught these networks, and one "
    "with fewer errors on clean digits may stand less of it.",
    "blur": "A blurred digit has the same shape in fewer, paler edges. People hardly mind; a network that relies on "
    "fine detail does.",
}
STYLE = """
<style>
.levels {{display: grid; grid-template-columns: repeat({count}, 1fr); margin-top: -0.5rem; padding-left: {axis}px;}}
.levels figure {{margin: 0 auto; width: 92%; max-width: 64px;}}
.levels img {{width: 100%; image-rendering: pixelated; border-radius: 0.2rem; display: block;}}
</style>
"""


@fragment
def show_robustness(run: Run) -> None:
    """Show the robustness curves of ``run`` and of other chosen runs; offer to measure those without a result."""
    with st.container(width=WIDTH):
        st.markdown(
            "A test set says how a network reads digits like those it was trained with. Here they change, step by "
            "step, and the curves tell how many are still read right."
        )
        perturbation = _choose_perturbation()
        runs = [run, *_choose_others(run)]
        measured = {each.id: read_robustness(each, LEVELS) for each in runs}
        for each in runs:
            if measured[each.id] is None:
                show_measuring(each)
        _show(perturbation, distinct_names(each.listed() for each in runs), measured)


def _show(perturbation: Perturbation, names: Mapping[str, str], measured: Mapping[str, Robustness | None]) -> None:
    """Show the ``measured`` curves and an example; ``names`` and ``measured`` are keyed by run id."""
    by_name = {names[run_id]: robustness for run_id, robustness in measured.items() if robustness}
    if not by_name:
        return
    accuracies = {name: robustness.curves[perturbation.name].accuracies for name, robustness in by_name.items()}
    st.markdown(f"{robustness_text(perturbation, accuracies)} {LESSONS[perturbation.name]}")
    colours = {name: colour for name, colour in zip(names.values(), RUN_COLOURS, strict=False) if name in by_name}
    st.altair_chart(
        _chart(perturbation, accuracies, colours), alt=f"Accuracy of each network against {perturbation.name}."
    )
    _show_example(perturbation)
    counts = " or ".join(f"{count:,}" for count in sorted({robustness.digits for robustness in by_name.values()}))
    st.caption(
        f"{perturbation.description} Measured with {counts} digits of the test set; the grey band is where nothing is "
        "changed."
    )


def _choose_perturbation() -> Perturbation:
    name = st.segmented_control(
        "What is changed",
        list(PERTURBATIONS),
        default=next(iter(PERTURBATIONS)),
        required=True,
        format_func=str.capitalize,
        key="robustness_perturbation",
        persist_state="session",
    )
    return PERTURBATIONS[name]


def _choose_others(run: Run) -> list[Run]:
    runs = reversed(scan.scan(settings.home()).runs)
    others = {listed.id: listed for listed in runs if listed.run.has_model() and listed.id != run.id}
    labels = distinct_names(others.values())
    chosen = st.multiselect(
        "Compare with",
        list(others),
        default=[listed.id for listed in scan.shipped_runs() if listed.id in others],
        format_func=lambda run_id: labels.get(run_id, run_id),
        max_selections=MAX_OTHERS,
        key=f"robustness_others-{run.id}",
        persist_state="session",
    )
    return [others[run_id].run for run_id in chosen if run_id in others]


def robustness_text(perturbation: Perturbation, accuracies: Mapping[str, Sequence[float]]) -> str:
    """Say where networks differ most, or where one keeps MIN_ACCURACY; ``accuracies``: by name, 0 to 1 by level."""
    if len(accuracies) == 1:
        return _text_for_one_network(perturbation, *next(iter(accuracies.items())))
    index = int(np.ptp(list(accuracies.values()), axis=0).argmax())
    best, *others = sorted(accuracies, key=lambda name: -accuracies[name][index])
    parts = [f"**{escape_markdown(best)}** still reads {accuracies[best][index]:.1%}"]
    parts += [f"**{escape_markdown(name)}** {accuracies[name][index]:.1%}" for name in others]
    level = perturbation.label(perturbation.levels[index])
    return f"They differ most at a {perturbation.name} of {level}: {', '.join(parts)}."


def _text_for_one_network(perturbation: Perturbation, name: str, accuracies: Sequence[float]) -> str:
    enough = [accuracy >= MIN_ACCURACY for accuracy in accuracies]
    start = perturbation.levels.index(perturbation.neutral)
    if not enough[start]:
        few = f"reads fewer than {MIN_ACCURACY:.0%} of the digits right even when nothing is changed"
        return f"**{escape_markdown(name)}** {few}."
    first = start - [*enough[start::-1], False].index(False) + 1
    last = start + [*enough[start:], False].index(False) - 1
    low, high = perturbation.label(perturbation.levels[first]), perturbation.label(perturbation.levels[last])
    bounds = f"from {low} to {high}" if first < last else f"at {low} alone"
    return f"**{escape_markdown(name)}** reads at least {MIN_ACCURACY:.0%} of the digits right {bounds}."


def _chart(
    perturbation: Perturbation, accuracies: Mapping[str, Sequence[float]], colours: Mapping[str, str]
) -> alt.LayerChart:
    """Return a line chart of accuracy by level; ``accuracies`` and ``colours`` are keyed by the networks' names."""
    levels = [perturbation.label(level) for level in perturbation.levels]
    rows = [(name, *point) for name, values in accuracies.items() for point in zip(levels, values, strict=True)]
    table = pd.DataFrame(rows, columns=["network", "level", "accuracy"])
    x = alt.X(
        "level:N",
        sort=levels,
        title=None,
        scale=alt.Scale(type="point", domain=levels, padding=0.5),
        axis=alt.Axis(labelAngle=0, labelOverlap=False, grid=False, ticks=False),
    )
    networks = alt.Scale(domain=list(colours), range=list(colours.values()))
    lines = (
        alt.Chart(table)
        .mark_line(point=alt.OverlayMarkDef(size=50, filled=True), strokeWidth=2.5)
        .encode(
            x=x,
            y=alt.Y(
                "accuracy:Q",
                title=None,
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", minExtent=AXIS_WIDTH - 4, maxExtent=AXIS_WIDTH - 4),
            ),
            color=alt.Color("network:N", title=None, scale=networks, legend=alt.Legend(orient="top", labelLimit=300)),
            tooltip=[
                alt.Tooltip("network:N", title="Network"),
                alt.Tooltip("level:N", title=perturbation.name.capitalize()),
                alt.Tooltip("accuracy:Q", title="Right", format=".1%"),
            ],
        )
    )
    unchanged = pd.DataFrame({"level": [perturbation.label(perturbation.neutral)]})
    band = alt.Chart(unchanged).mark_rule(strokeWidth=28, opacity=0.12, color="gray").encode(x=x)
    guess = pd.DataFrame({"accuracy": [CHANCE_ACCURACY], "text": ["guessing"]})
    chance = alt.Chart(guess).mark_rule(strokeDash=[4, 4], color="gray").encode(y="accuracy:Q")
    text = chance.mark_text(color="gray", align="left", dx=4, dy=-7).encode(x=alt.value(0), text="text:N")
    return (band + chance + text + lines).properties(height=HEIGHT)


def _show_example(perturbation: Perturbation) -> None:
    """Show the example digit at each level, aligned with the levels of the chart above."""
    digit = mnist.load().test.images[EXAMPLE_INDEX : EXAMPLE_INDEX + 1]
    cells = "".join(
        f'<figure><img src="{data_url(perturbation(digit, level)[0])}" '
        f'alt="{html.escape(perturbation.label(level))}"></figure>'
        for level in perturbation.levels
    )
    style = STYLE.format(count=len(perturbation.levels), axis=AXIS_WIDTH)
    st.html(f'{style}<div class="levels">{cells}</div>')
