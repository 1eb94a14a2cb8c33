"""Dataset, About MNIST: its origin and published results."""

import streamlit as st

from mnist_core.published import PUBLISHED_RESULTS
from pages._shared.published_results import show_published_results

ORIGIN = """
MNIST was made by Yann LeCun, Corinna Cortes and Christopher Burges from two collections of the US National Institute
of Standards and Technology (NIST):

| NIST collection | Written by | In MNIST's training set | In its test set |
|---|---|---:|---:|
| SD-3, NIST's training set | Census Bureau employees | 30,000 | 5,000 |
| SD-1, NIST's test set | high-school students | 30,000 | 5,000 |
| | **Together** | **60,000** | **10,000** |

The employees' digits are cleaner and easier to read than the students'. A network trained on the first and tested on
the second would be judged on another task than it has learned, so MNIST mixes both, half and half. Nobody who wrote
digits of the training set wrote digits of the test set.

NIST's digits were black and white. Each was scaled to fit into 20 × 20 pixels, keeping its shape; the smoothing
(antialiasing) made the grey levels. It was then placed so that its centre of mass lies in the middle of 28 × 28 pixels.

Licence: [CC BY-SA 3.0](https://creativecommons.org/licenses/by-sa/3.0/). Digit Lab brings MNIST along and checks
it against the SHA-256 of the published files; nothing is downloaded.
"""


def show_about() -> None:
    """Show the origin, and the published results as bars and as a table with their sources."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Where the digits come from")
        st.markdown(ORIGIN)
    with right:
        st.subheader("What has been reached")
        st.markdown("The error is the share of the 10,000 test digits that are read wrongly.")
        show_published_results()
        rows = [
            f"| {result.name} | {result.error_percent:g}&nbsp;% | {result.source} |" for result in PUBLISHED_RESULTS
        ]
        st.markdown("\n".join(["| Method | Error | Source |", "|---|---:|---|", *rows]))
