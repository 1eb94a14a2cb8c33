"""Errors, Label court, the verdict: labels, votes and predictions of the disputed digits, and corrected scores."""

import html
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import streamlit as st

from mnist_core.config import CLASSES
from mnist_core.digits import mnist
from mnist_core.digits.label_errors import DISPUTED, RATINGS, Rating
from mnist_core.digits.mnist import Split
from mnist_core.evaluation.predictions import probabilities as probabilities_of
from mnist_core.evaluation.relabelled import EXCLUDED, MIN_VOTES, Rescored, rescored, voted_labels
from mnist_core.evaluation.scores import Scores
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.runs.run import Run
from pages._shared.messages import escape_markdown
from pages._shared.services import votes
from pages._shared.widgets.bars import Bar, bars_html
from pages._shared.widgets.digit_grid import data_url, show_digits
from pages._shared.widgets.prediction import confidence_text

LABEL, CANNOT_TELL = "Label", "cannot tell"
UNSURE_COLOUR = "#8884"  # for "cannot tell"; fainter than the colours of the digits
STYLE = """
<style>
.verdicts {display: grid; gap: 1.5rem 1rem; grid-template-columns: repeat(auto-fill, minmax(min(27rem, 100%), 1fr));}
.verdict {display: grid; gap: 0.9rem; grid-template-columns: 7rem 1fr; margin: 0;}
.verdict img {width: 100%; image-rendering: pixelated; border-radius: 0.25rem;}
.verdict figcaption {font-size: 0.9rem;}
.verdict b {font-size: 1rem;}
.verdict dl {display: grid; grid-template-columns: max-content 1fr; gap: 0 0.6rem; margin: 0.2rem 0; padding: 0;}
.verdict dt, .verdict dd {font-size: 0.9rem; font-weight: 400; margin: 0; padding: 0;}
.verdict dt {opacity: 0.7;}
</style>
"""


def show_verdict(run: Run, case: Sequence[int], own: Mapping[int, int | None]) -> None:
    """Show the votes on the disputed digits, and the scores of ``run`` with corrected labels.

    ``case``: indices of the test digits that this person was shown. ``own``: this person's votes, by index; None is
    "cannot tell". Raises RunError if the run has no scores, and RoomError if the room's database cannot be used.
    """
    test, probabilities = mnist.load().test, probabilities_of(run)
    disputed = np.array(DISPUTED)
    labels, predictions = test.labels[disputed], probabilities[disputed]
    counts = votes().counts(DISPUTED)
    voted = voted_labels(counts, labels)  # EXCLUDED where there is no majority
    st.subheader("The verdict")
    scored = rescored(probabilities, test.labels, disputed, voted)
    _show_scores(scored, has_votes=bool((counts.sum(axis=1) >= MIN_VOTES).any()))
    disputed_errors = int((predictions.argmax(axis=1) != labels).sum())
    st.markdown(network_summary(run.read_config().name, disputed_errors, scored.published.incorrect))
    st.markdown(f"#### The {len(DISPUTED)} disputed digits")
    st.markdown(room_summary(counts, labels, voted))
    cards = (
        _card(test.images[index], _ruling(label, new, count), _facts(index, label, predicted, own), count)
        for index, label, predicted, count, new in zip(DISPUTED, labels, predictions, counts, voted, strict=True)
    )
    st.html(f'{STYLE}<div class="verdicts">{"".join(cards)}</div>')
    st.caption(
        "Raters are the five people whom Northcutt, Athalye and Mueller (2021) asked about each of these digits. They "
        "chose between its label, what an algorithm took it for, and neither."
    )
    _show_others(test, [index for index in case if index not in RATINGS], own)


def network_summary(name: str, disputed: int, errors: int) -> str:
    """Say that ``disputed`` of the ``errors`` of the network called ``name`` are on disputed digits."""
    if not disputed:
        return f"None of the errors of **{escape_markdown(name)}** is on a disputed digit."
    return (
        f"**{disputed} of the {errors:,} errors** of **{escape_markdown(name)}** are on these {len(DISPUTED)} digits: "
        "there the label may be wrong, and not the network. The fewer errors a network makes, the larger their share."
    )


def room_summary(counts: np.ndarray, labels: np.ndarray, voted: np.ndarray) -> str:
    """Say how many of the disputed digits the room relabelled, confirmed or left out.

    ``counts``: int (N, 11), votes by label, then "cannot tell". ``labels`` and ``voted`` (the room's): integers (N,).
    """
    vote_counts = counts.sum(axis=1)
    if not vote_counts.any():
        return "Nobody has voted on them yet. Go back to the digits and say what you read."
    decided = vote_counts >= MIN_VOTES
    masks = {
        "relabelled": decided & (voted != labels) & (voted != EXCLUDED),
        "kept": decided & (voted == labels),
        "left out, as the room is divided or cannot tell": decided & (voted == EXCLUDED),
        "waiting for more votes": ~decided,
    }
    parts = [f"**{mask.sum()}** {outcome}" for outcome, mask in masks.items() if mask.any()]
    return (
        "What more than half of the room read becomes a digit's label, once "
        f"{MIN_VOTES} people have voted: {', '.join(parts)}."
    )


def _show_scores(scored: Rescored, *, has_votes: bool) -> None:
    """Show the three scores side by side; ``has_votes``: does any digit have enough votes to be relabelled?"""
    with st.container(horizontal=True, gap="medium"):
        _show_score("As published", scored.published)
        _show_score(f"Without the {len(DISPUTED)} disputed", scored.without)
        if has_votes:
            _show_score("With the room's labels", scored.voted)
        else:
            st.metric(
                "With the room's labels",
                "–",
                f"needs {MIN_VOTES} votes on a digit",
                delta_color="off",
                delta_arrow="off",
                width="content",
            )


def _show_score(name: str, scores: Scores) -> None:
    digits = scores.correct + scores.incorrect
    wrong = f"{scores.incorrect:,} wrong of {digits:,}"
    st.metric(name, f"{scores.test_accuracy:.2%}", wrong, delta_color="off", delta_arrow="off", width="content")


def _card(image: np.ndarray, ruling: str, facts: Mapping[str, str], counts: np.ndarray) -> str:
    """Return the HTML card of a digit: ``image``, uint8 (28, 28), the ``facts`` and the vote ``counts``, int (11,)."""
    rows = "".join(f"<dt>{name}</dt><dd>{html.escape(fact)}</dd>" for name, fact in facts.items())
    return (
        f'<figure class="verdict"><img src="{data_url(image)}" alt="A digit labelled {facts[LABEL]}">'
        f"<figcaption><b>{ruling}</b><dl>{rows}</dl>{_bars(counts)}</figcaption></figure>"
    )


def _ruling(label: int, voted: int, counts: np.ndarray) -> str:
    """Return the room's ruling on one digit; the arguments are its elements of those of ``room_summary``."""
    if counts.sum() < MIN_VOTES:
        return f"The room: {counts.sum()} of {MIN_VOTES} votes needed"
    if voted == EXCLUDED:
        return f"The room: {CANNOT_TELL if 2 * counts[-1] > counts.sum() else 'divided'}"
    return f"The room: keeps the {label}" if voted == label else f"The room: {voted} instead of {label}"


def _facts(index: int, label: int, probabilities: np.ndarray, own: Mapping[int, int | None]) -> dict[str, str]:
    """Return label, own vote, prediction and ratings of the test digit at ``index``. ``probabilities``: float (10,)."""
    answer = int(probabilities.argmax())
    return {
        LABEL: str(label),
        "You": _vote_text(index, own),
        "Network": f"{answer}, {confidence_text(float(probabilities[answer])).lower()}",
        "Raters": ", ".join(_rating_texts(RATINGS[index])),
    }


def _bars(counts: np.ndarray) -> str:
    """Return a bar chart of the votes as HTML, the most frequent first, or "". ``counts``: int (11,)."""
    names, colours = (*map(str, range(CLASSES)), CANNOT_TELL), (*DIGIT_COLOURS, UNSURE_COLOUR)
    order = [column for column in np.argsort(-counts, kind="stable") if counts[column]]
    bars = [Bar(names[each], counts[each] / counts.sum(), str(counts[each]), colours[each]) for each in order]
    return bars_html(bars, label="What the room read") if bars else ""


def _rating_texts(rating: Rating) -> Iterator[str]:
    if rating.confirmed:
        yield f"{rating.confirmed} confirmed it"
    if rating.read_suggested:
        yield f"{rating.read_suggested} read {rating.suggested}"
    if rating.neither:
        yield f"{rating.neither} neither"


def _show_others(test: Split, indices: Sequence[int], own: Mapping[int, int | None]) -> None:
    """Show the undisputed digits of the case, and how many of their labels agree with the ``own`` votes."""
    read = [index for index in indices if index in own]
    agreed = sum(own[index] == test.labels[index] for index in read)
    st.markdown(f"#### The {len(indices)} beside them")
    st.markdown(
        "An algorithm suspected these labels too, and all five raters confirmed them."
        + (f" You agree with {agreed} of the {len(read)} that you have read." if read else "")
    )
    captions = [f"Label {test.labels[index]}\nYou: {_vote_text(index, own)}" for index in indices]
    show_digits(test.images[list(indices)], captions, side=80)


def _vote_text(index: int, own: Mapping[int, int | None]) -> str:
    if index not in own:
        return "not read"
    return CANNOT_TELL if own[index] is None else str(own[index])
