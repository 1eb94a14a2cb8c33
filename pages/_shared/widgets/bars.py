"""Horizontal bars in plain HTML: a name, a bar, a value. A browser shows them sooner than a chart library's."""

import html
from collections.abc import Iterable
from dataclasses import dataclass

STYLE = """
<style>
.bars {display: grid; gap: 0.15rem 0.6rem; align-items: center; line-height: 1.35;
  grid-template-columns: max-content 1fr max-content;}
.bars i {display: block; height: 1rem; border-radius: 0.2rem; min-width: 2px;}
.bars span {font-variant-numeric: tabular-nums;}
.bars .value {text-align: right;}
.bars .best {font-weight: 700;}
</style>
"""


@dataclass(frozen=True)
class Bar:
    """A bar. ``share`` of the full width, 0 to 1. ``best`` is shown in bold. ``note`` is a tooltip."""

    name: str
    share: float
    value: str
    colour: str
    best: bool = False
    note: str = ""


def bars_html(bars: Iterable[Bar], *, label: str) -> str:
    """Return ``bars``, top to bottom, as HTML for ``st.html``; ``label`` is for screen readers."""
    rows = "".join(map(_row, bars))
    return f'{STYLE}<div class="bars" role="img" aria-label="{html.escape(label)}">{rows}</div>'


def _row(bar: Bar) -> str:
    best = " best" if bar.best else ""
    note = html.escape(bar.note)
    return (
        f'<span class="name{best}" title="{note}">{html.escape(bar.name)}</span>'
        f'<div title="{note}"><i style="width: {bar.share:.2%}; background: {bar.colour}"></i></div>'
        f'<span class="value{best}">{html.escape(bar.value)}</span>'
    )
