"""A lesson through the queue: what a room draws and the book's network misreads is learned, and MNIST kept."""

import numpy as np

from mnist_core.digits.handwriting import handwriting
from mnist_core.runs.fine_tuning import Lesson, lesson_config
from mnist_core.runs.status import FINISHED
from tests.waiting import wait_for


def right(engine, run, lesson: Lesson) -> int:
    images, labels = lesson.images[~lesson.learned], lesson.labels[~lesson.learned]
    return int((engine.classify(run, images).argmax(axis=1) == labels).sum())


def test_a_network_learns_from_half_of_the_drawings_and_reads_the_other_half_better(engine, book):
    drawn = handwriting(600, seed=7)
    misread = np.flatnonzero(engine.classify(book, drawn.images).argmax(axis=1) != drawn.labels)
    lesson = Lesson.of(drawn.images[misread], drawn.labels[misread])
    run = engine.train(lesson_config(book), lesson)
    wait_for(lambda: run.status.state == FINISHED)
    kept = Lesson.read(run.path)
    assert right(engine, book, kept) == 0
    assert right(engine, run, kept) > (~kept.learned).sum() / 3
    assert run.status.scores["test_accuracy"] > book.status.scores["test_accuracy"] - 0.01
    assert (run.config.total_epochs, run.epochs["epoch"].tolist()[-2:]) == (22, [21, 22])
