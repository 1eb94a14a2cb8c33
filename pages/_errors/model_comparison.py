"""Errors, Compare two networks: the digits on which they differ, and McNemar's test of the difference."""

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.evaluation.mcnemar import SIGNIFICANCE_LEVEL, Comparison, compare
from mnist_core.evaluation.predictions import probabilities
from mnist_core.runs.run import Run
from pages._errors.gallery import Gallery, show_gallery
from pages._errors.selection import COMPARISON_GROUP, COMPARISON_GROUPS, OPEN_DIGIT, reset_gallery, reset_on_change
from pages._errors.viewer import show_viewer
from pages._shared.messages import escape_markdown
from pages._shared.model_picker import distinct_names, other_networks, run_label
from pages._shared.url_state import select_in_url


def show_compare(run: Run) -> None:
    """Compare ``run`` with another run that this person chooses."""
    others = {each.id: each for each in other_networks(run)}
    if not others:
        st.info("There is only one network. Train another one on the Train page.", icon=":material/model_training:")
        return
    other = others[_choose_other(others)]
    labels = mnist.load().test.labels
    predicted = [probabilities(each) for each in (run, other)]
    first, second = (each.argmax(axis=1) for each in predicted)
    result = compare(first, second, labels)
    names = [escape_markdown(name) for name in distinct_names(each.listed() for each in (run, other)).values()]
    groups = dict(zip(COMPARISON_GROUPS, (result.only_first, result.only_second, result.neither), strict=True))
    gallery = Gallery(mnist.load().test, predicted[0], groups[COMPARISON_GROUP.value], other=second)
    if OPEN_DIGIT.value:
        show_viewer(run, gallery, int(OPEN_DIGIT.value))
        return
    st.markdown(f"A is **{names[0]}**, B is **{names[1]}**. {comparison_text(result, *names)}")
    _show_counts(result)
    _choose_group(groups)
    if len(gallery.indices):
        show_gallery(gallery)
    else:
        st.info("There is no such digit.", icon=":material/check:")


def comparison_text(comparison: Comparison, first: str, second: str) -> str:
    """Say whether the difference is significant; ``first`` and ``second`` are the networks' names, in Markdown."""
    gained, lost = len(comparison.only_second), len(comparison.only_first)
    if not gained + lost:
        return "They read the same digits right: nothing tells them apart here."
    better, worse = (second, first) if gained > lost else (first, second)
    more, fewer = max(gained, lost), min(gained, lost)
    counts = f"{better} alone reads {more} digits right, {worse} alone {fewer}."
    if comparison.p_value >= SIGNIFICANCE_LEVEL:
        return (
            f"{counts} Two equally good networks would differ at least as unevenly in {_share(comparison.p_value)} of "
            "all tests (McNemar's test): **that can well be chance.**"
        )
    return (
        f"{counts} Two equally good networks would differ as unevenly in {_share(comparison.p_value)} of all tests "
        f"(McNemar's test): **{better} is really better than {worse}** on digits like these."
    )


def _share(p_value: float) -> str:
    return f"{p_value:.0%}" if p_value >= 0.1 else f"{p_value:.1%}" if p_value >= 0.001 else "fewer than 0.1%"


def _choose_other(others: dict[str, Run]) -> str:
    """Show the selector; return the id of the run to compare with, by default the first of ``others``."""
    return select_in_url(
        st.container(width=360),
        "Compare with",
        list(others),
        key="with",
        default=lambda: next(iter(others)),
        format_func=lambda run_id: run_label(others[run_id].listed()),
        on_choose=lambda _: reset_gallery(),
    )


def _show_counts(comparison: Comparison) -> None:
    with st.container(horizontal=True, gap="medium"):
        st.metric("Both right", f"{len(comparison.both):,}", width="content")
        st.metric("Only A right", f"{len(comparison.only_first):,}", width="content")
        st.metric("Only B right", f"{len(comparison.only_second):,}", width="content")
        st.metric("Both wrong", f"{len(comparison.neither):,}", width="content")


def _choose_group(groups: dict[str, np.ndarray]) -> None:
    names = {group: f"{name} ({len(groups[group])})" for group, name in COMPARISON_GROUPS.items()}
    COMPARISON_GROUP.segmented("Digits", names, on_change=reset_on_change(COMPARISON_GROUP))
