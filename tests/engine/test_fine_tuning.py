"""Tests of fine-tuning the book's network on drawings that it predicted wrongly, with a real engine."""

import numpy as np

from mnist_core.digits.handwriting import handwriting
from mnist_core.runs.fine_tuning import Lesson, lesson_config
from mnist_core.runs.status import FINISHED
from tests.waiting import wait_for


def count_correct(engine, run, lesson: Lesson) -> int:
    images, labels = lesson.images[~lesson.learned], lesson.labels[~lesson.learned]
    return int((engine.classify(run, images).argmax(axis=1) == labels).sum())


def test_fine_tuning_on_half_of_the_drawings_improves_accuracy_on_the_other_half(engine, book):
    drawn = handwriting(600, seed=7)
    misread = np.flatnonzero(engine.classify(book, drawn.images).argmax(axis=1) != drawn.labels)
    lesson = Lesson.of(drawn.images[misread], drawn.labels[misread])
    run = engine.train(lesson_config(book), lesson)
    wait_for(lambda: run.read_status().state == FINISHED)
    saved = Lesson.read(run.path)
    assert count_correct(engine, book, saved) == 0
    assert count_correct(engine, run, saved) > (~saved.learned).sum() / 3
    assert run.read_status().scores["test_accuracy"] > book.read_status().scores["test_accuracy"] - 0.01
    assert (run.read_config().total_epochs, run.read_epochs()["epoch"].tolist()[-2:]) == (22, [21, 22])
