"""Pictures of different shapes side by side, each in a dark square with a text below."""

import html
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mnist_core.config import SIDE
from pages._shared.widgets.digit_grid import data_url

STYLE = """
<style>
.cards {display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(var(--side), 44%), 1fr));}
.cards figure {margin: 0;}
.cards img {width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; display: block;
  background: black; border-radius: 0.25rem;}
.cards img.smooth {image-rendering: auto;}
.cards figcaption {padding-top: 0.3rem; font-size: 0.9rem;}
.cards .said b {font-size: 3rem; line-height: 1.1; margin-right: 0.4rem;}
</style>
"""


@dataclass(frozen=True)
class Card:
    """``picture``: uint8 (H, W) or (H, W, 3). ``answer`` is shown large, in ``colour``, with ``note`` beside it."""

    picture: np.ndarray
    title: str
    text: str
    answer: str = ""
    note: str = ""
    colour: str = "inherit"

    def html(self) -> str:
        """Return the card as HTML; a picture with more than 28 × 28 pixels is smoothed."""
        smooth = ' class="smooth"' if max(self.picture.shape[:2]) > SIDE else ""
        title, answer, note, text = map(html.escape, (self.title, self.answer, self.note, self.text))
        large = f'<div class="said"><b style="color: {self.colour}">{answer}</b> {note}</div>' if answer else ""
        return (
            f'<figure><img src="{data_url(self.picture)}" alt="{title}"{smooth}>'
            f"<figcaption><b>{title}</b>{large}<div>{text}</div></figcaption></figure>"
        )


def cards_html(cards: Iterable[Card], *, side: int) -> str:
    """Return ``cards`` as HTML for ``st.html``, each at least ``side`` CSS pixels wide."""
    cells = "".join(card.html() for card in cards)
    return f'{STYLE}<div class="cards" style="--side: {side}px">{cells}</div>'
