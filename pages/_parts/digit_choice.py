"""A grid of digits to choose one from: by mouse, finger or keyboard."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from pages._parts.digit_grid import data_url

CSS = """
.digits {display: grid; gap: 0.4rem; grid-template-columns: repeat(auto-fill, minmax(3rem, 1fr));}
@media (min-width: 640px) {.digits {grid-template-columns: repeat(auto-fill, minmax(3.75rem, 1fr));}}
button {border: 0.15rem solid transparent; border-radius: 0.4rem; padding: 0.1rem; background: none; cursor: pointer;
  color: var(--st-text-color); font: 0.75rem var(--st-font); min-width: 0;}
button:hover {border-color: var(--st-border-color);}
button:focus-visible {outline: 0.15rem solid var(--st-primary-color);}
button[aria-pressed="true"] {border-color: var(--st-primary-color); background: var(--st-primary-color); color: white;}
img {width: 100%; display: block; image-rendering: pixelated; border-radius: 0.25rem;}
"""

# The buttons are kept from run to run, so that the one in focus stays there.
JS = """
export default function ({parentElement, data, setTriggerValue}) {
  let grid = parentElement.querySelector(".digits");
  if (!grid) {
    grid = document.createElement("div");
    grid.className = "digits";
    parentElement.appendChild(grid);
  }
  while (grid.children.length > data.cells.length) grid.lastChild.remove();
  data.cells.forEach((cell, number) => {
    let button = grid.children[number];
    if (!button) {
      button = document.createElement("button");
      button.append(document.createElement("img"), document.createElement("span"));
      grid.appendChild(button);
    }
    const [image, caption] = button.children;
    if (image.src !== cell.image) image.src = cell.image;
    image.alt = cell.name;
    button.title = cell.name;
    caption.textContent = cell.caption;
    button.setAttribute("aria-pressed", number === data.chosen);
    button.onclick = () => setTriggerValue("chosen", number);
  });
}
"""

_grid = st.components.v2.component("digit_choice", css=CSS, js=JS)


def choose_digit(
    digits: np.ndarray,
    captions: Sequence[str],
    names: Sequence[str],
    *,
    chosen: int | None,
    key: str,
    on_choose: Callable[[int], None],
) -> None:
    """Show ``digits``, uint8 (N, 28, 28), as buttons; ``on_choose`` is called with the place of the pressed one.

    ``captions`` stand below the digits, ``names`` in tooltips and for screen readers. ``chosen`` is marked.
    """
    cells = [
        {"image": data_url(digit), "caption": caption, "name": name}
        for digit, caption, name in zip(digits, captions, names, strict=True)
    ]

    def pressed() -> None:
        on_choose(st.session_state[key].chosen)

    _grid(data={"cells": cells, "chosen": chosen}, key=key, on_chosen_change=pressed)
