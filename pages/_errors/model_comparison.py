"""Errors, Compare two networks: the digits that one reads and the other does not, and whether that is chance."""

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.evaluation.mcnemar import SIGNIFICANT, Comparison, compare
from mnist_core.evaluation.predictions import probabilities
from mnist_core.runs.run import Run
from pages._errors.gallery import Gallery, show_gallery
from pages._errors.selection import GROUPS, OPEN, WHO, start_again, taking
from pages._errors.viewer import show_viewer
from pages._shared.messages import escape_markdown
from pages._shared.model_picker import distinct_names, label, other_networks
from pages._shared.url_state import select_in_address


def show_compare(run: Run) -> None:
    """``run`` beside another one that this person chooses."""
    others = {each.id: each for each in other_networks(run)}
    if not others:
        st.info("There is only one network. Train another one on the Train page.", icon=":material/model_training:")
        return
    other = others[_choose_other(others)]
    labels = mnist.load().test.labels
    answers = [probabilities(each) for each in (run, other)]
    first, second = (each.argmax(axis=1) for each in answers)
    found = compare(first, second, labels)
    names = [escape_markdown(name) for name in distinct_names([run, other]).values()]
    groups = dict(zip(GROUPS, (found.only_first, found.only_second, found.neither), strict=True))
    gallery = Gallery(mnist.load().test, answers[0], groups[WHO.value], other=second)
    if OPEN.value:
        show_viewer(run, gallery, int(OPEN.value))
        return
    st.markdown(f"A is **{names[0]}**, B is **{names[1]}**. {comparison_text(found, *names)}")
    _show_counts(found)
    _choose_group(groups)
    if len(gallery.indices):
        show_gallery(gallery)
    else:
        st.info("There is no such digit.", icon=":material/check:")


def comparison_text(found: Comparison, first: str, second: str) -> str:
    """Whether one is really better, in plain words; ``first`` and ``second`` are what they are called, in Markdown."""
    gained, lost = len(found.only_second), len(found.only_first)
    if not gained + lost:
        return "They read the same digits right: nothing tells them apart here."
    better, worse = (second, first) if gained > lost else (first, second)
    more, fewer = max(gained, lost), min(gained, lost)
    told_apart = f"{better} alone reads {more} digits right, {worse} alone {fewer}."
    if found.chance >= SIGNIFICANT:
        return (
            f"{told_apart} Two equally good networks would differ at least as unevenly in {_share(found.chance)} of "
            "all tests (McNemar's test): **that can well be chance.**"
        )
    return (
        f"{told_apart} Two equally good networks would differ as unevenly in {_share(found.chance)} of all tests "
        f"(McNemar's test): **{better} is really better than {worse}** on digits like these."
    )


def _share(chance: float) -> str:
    return f"{chance:.0%}" if chance >= 0.1 else f"{chance:.1%}" if chance >= 0.001 else "fewer than 0.1%"


def _choose_other(others: dict[str, Run]) -> str:
    """The id of the run to compare with; the first one until somebody chooses."""
    return select_in_address(
        st.container(width=360),
        "Compare with",
        list(others),
        key="with",
        default=lambda: next(iter(others)),
        format_func=lambda run_id: label(others[run_id]),
        on_choose=lambda _: start_again(),
    )


def _show_counts(found: Comparison) -> None:
    with st.container(horizontal=True, gap="medium"):
        st.metric("Both right", f"{len(found.both):,}", width="content")
        st.metric("Only A right", f"{len(found.only_first):,}", width="content")
        st.metric("Only B right", f"{len(found.only_second):,}", width="content")
        st.metric("Both wrong", f"{len(found.neither):,}", width="content")


def _choose_group(groups: dict[str, np.ndarray]) -> None:
    names = {group: f"{name} ({len(groups[group])})" for group, name in GROUPS.items()}
    WHO.segmented("Digits", names, on_change=taking(WHO))
