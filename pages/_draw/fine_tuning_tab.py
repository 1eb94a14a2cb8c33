"""Draw, Teach it: fine-tuning with half of the room's drawings, tested on the other half and on MNIST."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from mnist_core import settings
from mnist_core.errors import RunError
from mnist_core.runs import scan, store
from mnist_core.runs.fine_tuning import FINE_TUNING_RECIPE, MIN_DRAWINGS, Lesson, learned_half, lesson_config
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED, QUEUED, Status
from mnist_core.runs.view import ListedRun
from pages._shared.engine_status import wait_for_engine
from pages._shared.fragments import polling_fragment
from pages._shared.identity import person
from pages._shared.messages import error_boundary, escape_markdown, show_message
from pages._shared.model_picker import chosen_run, show_use_button
from pages._shared.page_files import page_file
from pages._shared.queue_position import rerun_if_changed, show_queue_position
from pages._shared.run_status import STATES, is_live
from pages._shared.selected_run import select_run, train_once_callback, training_revision
from pages._shared.services import engine, stored_drawings
from pages._shared.widgets.digit_grid import show_digits

if TYPE_CHECKING:
    from mnist_core.room.drawings import Drawings

PREDICTIONS_KEY = "taught-answers"  # session state, with a run's id: both networks' predictions for the held-out half


@error_boundary
def show_fine_tuning_tab() -> None:
    """Show the button that fine-tunes the selected network, and the newest fine-tuned run."""
    show_message()
    newest = _newest_lesson()
    _show_button(busy=newest is not None and newest.config.person == person() and is_live(newest.status))
    if newest:
        _show_lesson(newest.run)


def _newest_lesson() -> ListedRun | None:
    """Return this person's newest fine-tuned run, or anybody's if this person has none."""
    newest_first = reversed(scan.scan(settings.home()).own)
    fine_tuned = [listed for listed in newest_first if listed.config.recipe == FINE_TUNING_RECIPE]
    mine = [listed for listed in fine_tuned if listed.config.person == person()]
    return next(iter(mine or fine_tuned), None)


def _show_button(*, busy: bool) -> None:
    drawings, network = stored_drawings(), chosen_run()
    counts = drawings.counts()
    total = int(counts.sum())
    if total < MIN_DRAWINGS:
        count_text = f"{total or 'no'} labelled drawing{'' if total == 1 else 's'}"
        st.info(
            f"The room has {count_text}; a lesson takes {MIN_DRAWINGS}. "
            "Draw a digit and say what it should be, or play a round of Ten digits.",
            icon=":material/draw:",
        )
        return
    learned = int(learned_half(np.repeat(np.arange(10), counts)).sum())
    name = escape_markdown(network.read_config().name)
    st.write(
        f"A copy of “{name}” learns {learned:,} of the room's drawings, mixed with MNIST; "
        f"the other {total - learned:,} are kept to judge by."
    )
    st.button(
        f"Teach “{name}” with {total:,} drawings",
        icon=":material/school:",
        type="primary",
        disabled=busy,
        key=f"teach-{training_revision()}",
        on_click=train_once_callback(
            lambda: (lesson_config(network, person=person()), _lesson(drawings)),
            lambda prepared: engine().train(*prepared),
        ),
    )


def _lesson(drawings: "Drawings") -> Lesson:
    """Return a lesson of all labelled drawings, the oldest first."""
    stored = drawings.labelled()[::-1]
    images = np.array([each.digit for each in stored], np.uint8).reshape(-1, 28, 28)
    return Lesson.of(images, np.array([each.label for each in stored], np.uint8))


def _show_lesson(run: Run) -> None:
    status = run.read_status()
    state = STATES[status.state]
    st.markdown(f"**{escape_markdown(run.read_config().name)}** :{state.colour}-badge[{state.icon} {state.name}]")
    if is_live(status):
        polling_fragment("500ms")(_live)(run, status)
    elif status.state == FINISHED:
        _show_result(run)
    elif status.error:
        st.error(status.error, icon=":material/report:")
    if status.state != FINISHED and st.button("Look at it on the Train page", icon=":material/monitoring:"):
        select_run(run.id)
        st.switch_page(page_file("train"))


def _live(run: Run, drawn: Status) -> None:
    rerun_if_changed(run, drawn)
    if run.read_status().state == QUEUED:
        show_queue_position(run)
    else:
        st.progress(run.read().progress, text="It learns your drawings")


def _show_result(run: Run) -> None:
    lesson = Lesson.read(run.path)
    if lesson is None:
        st.warning("The drawings of this lesson are gone.", icon=":material/folder_off:")
        return
    try:
        parent = store.find(run.read_config().parent or "", settings.home())
    except RunError:
        st.warning("The network that was taught is gone: there is no before to compare with.")
    else:
        _compare(parent, run, lesson)
    show_use_button(run, "lesson")


def _compare(parent: Run, run: Run, lesson: Lesson) -> None:
    if not engine().ready:
        wait_for_engine()
        return
    images, labels = lesson.images[~lesson.learned], lesson.labels[~lesson.learned]
    before, after = _predictions(parent, run, images)
    drawn, mnist = st.columns(2)
    right = [int((predictions == labels).sum()) for predictions in (before, after)]
    drawn.metric(
        "Drawings it did not learn from", f"{right[0]} → {right[1]} of {len(labels)}", right[1] - right[0] or None
    )
    old_scores, new_scores = parent.read_status().scores, run.read_status().scores
    if old_scores and new_scores:
        accuracies = old_scores["test_accuracy"], new_scores["test_accuracy"]
        change = f"{100 * (accuracies[1] - accuracies[0]):+.2f} points"
        mnist.metric("MNIST's test set", f"{accuracies[0]:.2%} → {accuracies[1]:.2%}", change)
    changed = (before == labels) != (after == labels)
    if changed.any():
        captions = [
            f"{label}: {old} → {new}"
            for label, old, new in zip(labels[changed], before[changed], after[changed], strict=True)
        ]
        st.caption("Drawings that became right or wrong: the digit, what was read before, and what is read now.")
        show_digits(images[changed], captions)
    else:
        st.caption("No drawing became right or wrong.")


def _predictions(parent: Run, run: Run, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the predictions of both networks for ``images``, computed once in a session."""
    key = f"{PREDICTIONS_KEY}-{run.id}"
    if key not in st.session_state:
        st.session_state[key] = tuple(engine().classify(each, images).argmax(axis=1) for each in (parent, run))
    return st.session_state[key]
