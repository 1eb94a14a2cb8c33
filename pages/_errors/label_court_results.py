"""Errors, Label court, the verdict: what label, room and network say of the disputed digits, and the run re-scored."""

import html
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.label_errors import DISPUTED, RATINGS, Rating
from mnist_core.digits.mnist import Split
from mnist_core.evaluation.predictions import probabilities as probabilities_of
from mnist_core.evaluation.relabelled import FEWEST_VOTES, LEFT_OUT, Rescored, rescored, voted_labels
from mnist_core.evaluation.scores import CLASSES, Scores
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.runs.run import Run
from pages._shared.messages import escape_markdown
from pages._shared.services import votes
from pages._shared.widgets.bars import Bar, bars_html
from pages._shared.widgets.digit_grid import data_url, show_digits
from pages._shared.widgets.prediction import sureness

LABEL, CANNOT_TELL = "Label", "cannot tell"
UNSURE_COLOUR = "#8884"  # of "cannot tell": fainter than any digit's
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
    """Show what became of the disputed digits, and of the scores of ``run``.

    ``case``: indices of the test digits that this person was shown. ``own``: what they read in some of them, by index.
    Raises RunError when the run has no scores, and RoomError when the room's database cannot be used.
    """
    test, probabilities = mnist.load().test, probabilities_of(run)
    disputed = np.array(DISPUTED)
    labels, answers = test.labels[disputed], probabilities[disputed]
    counts = votes().counts(DISPUTED)
    voted = voted_labels(counts, labels)
    st.subheader("The verdict")
    scored = rescored(probabilities, test.labels, disputed, voted)
    _show_scores(scored, asked=bool((counts.sum(axis=1) >= FEWEST_VOTES).any()))
    among = int((answers.argmax(axis=1) != labels).sum())
    st.markdown(told_of_network(run.config.name, among, scored.published.incorrect))
    st.markdown(f"#### The {len(DISPUTED)} disputed digits")
    st.markdown(told_of_room(counts, labels, voted))
    cards = (
        _card(test.images[index], _ruling(label, ruled, counted), _facts(index, label, answer, own), counted)
        for index, label, answer, counted, ruled in zip(DISPUTED, labels, answers, counts, voted, strict=True)
    )
    st.html(f'{STYLE}<div class="verdicts">{"".join(cards)}</div>')
    st.caption(
        "Raters are the five people whom Northcutt, Athalye and Mueller (2021) asked about each of these digits. They "
        "chose between its label, what an algorithm took it for, and neither."
    )
    _show_others(test, [index for index in case if index not in RATINGS], own)


def told_of_network(name: str, among: int, errors: int) -> str:
    """Whose fault the ``errors`` of the network called ``name`` may be; ``among`` of them are on disputed digits."""
    if not among:
        return f"None of the errors of **{escape_markdown(name)}** is on a disputed digit."
    return (
        f"**{among} of the {errors:,} errors** of **{escape_markdown(name)}** are on these {len(DISPUTED)} digits: "
        "there the label may be wrong, and not the network. The fewer errors a network makes, the larger their share."
    )


def told_of_room(counts: np.ndarray, labels: np.ndarray, voted: np.ndarray) -> str:
    """What the room made of the disputed digits.

    ``counts``: int (N, 11), how many read what. ``labels``: integers (N,). ``voted``: the room's, integers (N,).
    """
    votes_of = counts.sum(axis=1)
    if not votes_of.any():
        return "Nobody has voted on them yet. Go back to the digits and say what you read."
    judged = votes_of >= FEWEST_VOTES
    numbers = {
        "relabelled": judged & (voted != labels) & (voted != LEFT_OUT),
        "kept": judged & (voted == labels),
        "left out, as the room is divided or cannot tell": judged & (voted == LEFT_OUT),
        "waiting for more votes": ~judged,
    }
    parts = [f"**{chosen.sum()}** {what}" for what, chosen in numbers.items() if chosen.any()]
    return (
        "What more than half of the room read becomes a digit's label, once "
        f"{FEWEST_VOTES} people have voted: {', '.join(parts)}."
    )


def _show_scores(scored: Rescored, *, asked: bool) -> None:
    """The three scores side by side; ``asked`` tells whether enough of the room have voted for one of theirs."""
    with st.container(horizontal=True, gap="medium"):
        _show_score("As published", scored.published)
        _show_score(f"Without the {len(DISPUTED)} disputed", scored.without)
        if asked:
            _show_score("With the room's labels", scored.voted)
        else:
            st.metric(
                "With the room's labels",
                "–",
                f"needs {FEWEST_VOTES} votes on a digit",
                delta_color="off",
                delta_arrow="off",
                width="content",
            )


def _show_score(name: str, scores: Scores) -> None:
    digits = scores.correct + scores.incorrect
    wrong = f"{scores.incorrect:,} wrong of {digits:,}"
    st.metric(name, f"{scores.test_accuracy:.2%}", wrong, delta_color="off", delta_arrow="off", width="content")


def _card(image: np.ndarray, ruling: str, facts: Mapping[str, str], counts: np.ndarray) -> str:
    """One digit, uint8 (28, 28), and all that is said of it, as HTML. ``counts``: int (11,), how many read what."""
    rows = "".join(f"<dt>{name}</dt><dd>{html.escape(fact)}</dd>" for name, fact in facts.items())
    return (
        f'<figure class="verdict"><img src="{data_url(image)}" alt="A digit labelled {facts[LABEL]}">'
        f"<figcaption><b>{ruling}</b><dl>{rows}</dl>{_bars(counts)}</figcaption></figure>"
    )


def _ruling(label: int, voted: int, counts: np.ndarray) -> str:
    """What the room made of a digit; arguments are its rows of what ``told_of_room`` takes."""
    if counts.sum() < FEWEST_VOTES:
        return f"The room: {counts.sum()} of {FEWEST_VOTES} votes needed"
    if voted == LEFT_OUT:
        return f"The room: {CANNOT_TELL if 2 * counts[-1] > counts.sum() else 'divided'}"
    return f"The room: keeps the {label}" if voted == label else f"The room: {voted} instead of {label}"


def _facts(index: int, label: int, probabilities: np.ndarray, own: Mapping[int, int | None]) -> dict[str, str]:
    """Who reads what in the test digit at ``index``. ``probabilities``: float (10,)."""
    answer = int(probabilities.argmax())
    return {
        LABEL: str(label),
        "You": _said(index, own),
        "Network": f"{answer}, {sureness(float(probabilities[answer])).lower()}",
        "Raters": ", ".join(_rated(RATINGS[index])),
    }


def _bars(counts: np.ndarray) -> str:
    """What the room read, the most frequent first. ``counts``: int (11,)."""
    names, colours = (*map(str, range(CLASSES)), CANNOT_TELL), (*DIGIT_COLOURS, UNSURE_COLOUR)
    order = [column for column in np.argsort(-counts, kind="stable") if counts[column]]
    bars = [Bar(names[each], counts[each] / counts.sum(), str(counts[each]), colours[each]) for each in order]
    return bars_html(bars, label="What the room read") if bars else ""


def _rated(rating: Rating) -> Iterator[str]:
    if rating.confirmed:
        yield f"{rating.confirmed} confirmed it"
    if rating.read_suggested:
        yield f"{rating.read_suggested} read {rating.suggested}"
    if rating.neither:
        yield f"{rating.neither} neither"


def _show_others(test: Split, indices: Sequence[int], own: Mapping[int, int | None]) -> None:
    """The digits that were shown beside the disputed ones, and how ``own`` votes agree with their labels."""
    read = [index for index in indices if index in own]
    agreed = sum(own[index] == test.labels[index] for index in read)
    st.markdown(f"#### The {len(indices)} beside them")
    st.markdown(
        "An algorithm suspected these labels too, and all five raters confirmed them."
        + (f" You agree with {agreed} of the {len(read)} that you have read." if read else "")
    )
    captions = [f"Label {test.labels[index]}\nYou: {_said(index, own)}" for index in indices]
    show_digits(test.images[list(indices)], captions, side=80)


def _said(index: int, own: Mapping[int, int | None]) -> str:
    if index not in own:
        return "not read"
    return CANNOT_TELL if own[index] is None else str(own[index])
