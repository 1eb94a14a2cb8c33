"""Lessons: a network learns a room's drawings, half of them, and is judged by the other half."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mnist_core.config import COSINE, MAX_NAME_LENGTH, RunConfig, TrainingConfig
from mnist_core.errors import LabError
from mnist_core.runs.files import DAMAGED_ARCHIVE, replacing
from mnist_core.runs.run import Run

FEWEST = 20  # drawings for a lesson
FILE = "lesson.npz"  # in the run's folder
TAUGHT = "taught"  # the recipe of such runs
REPEATED = 6_000  # the drawings are repeated to so many among 60,000 digits of MNIST, so that both are learned
REHEARSED = 6_000  # synthetic drawings, for a network that has learned from them


class LessonError(LabError):
    """Too few drawings, or a damaged lesson."""


@dataclass(frozen=True)
class Lesson:
    """Labelled drawings: those to learn from, and the others to judge by.

    ``images``: uint8 (N, 28, 28), 0 background, 255 ink. ``labels``: uint8 (N,). ``learned``: bool (N,).
    """

    images: np.ndarray
    labels: np.ndarray
    learned: np.ndarray

    @classmethod
    def of(cls, images: np.ndarray, labels: np.ndarray) -> "Lesson":
        """A lesson from drawings, arrays as above, the oldest first: ``learned_half`` of them is learned from.

        Raises LessonError when there are fewer than FEWEST.
        """
        if len(labels) < FEWEST:
            raise LessonError(f"A lesson takes {FEWEST} drawings with labels or more, got {len(labels)}.")
        return cls(images, labels, learned_half(labels))

    @classmethod
    def read(cls, folder: Path) -> "Lesson | None":
        """The lesson in a run's folder, or None when it has none. Raises LessonError when it is damaged."""
        path = folder / FILE
        if not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as archive:
                return cls(archive["images"], archive["labels"], archive["learned"])
        except DAMAGED_ARCHIVE as error:
            raise LessonError(f"The drawings in {path} cannot be read ({error}).") from error

    def save(self, folder: Path) -> None:
        """Write it into a run's folder."""
        with replacing(folder / FILE) as path:
            np.savez_compressed(path, images=self.images, labels=self.labels, learned=self.learned)


def learned_half(labels: np.ndarray) -> np.ndarray:
    """Which drawings are learned from, bool (N,): of each of ``labels``, the oldest first, every other one.

    Drawings that come later change nobody's half, so that a network that is taught again is not judged by what it has
    learned. Even labels begin with one to learn, odd ones with one to judge by: the halves are about as large.
    """
    learned = np.zeros(len(labels), bool)
    for label in range(10):
        learned[np.flatnonzero(labels == label)[label % 2 :: 2]] = True
    return learned


def lesson_config(parent: Run, *, person: str = "") -> RunConfig:
    """The run that teaches ``parent``'s network a lesson: two epochs, gently, so that MNIST is not forgotten."""
    before = parent.config
    training = TrainingConfig(
        epochs=2,
        batch_size=256,
        learning_rate=5e-4,
        schedule=COSINE,
        label_smoothing=before.training.label_smoothing,
        distortions=True,
        handwriting=min(before.training.handwriting, REHEARSED),
        drawings=REPEATED,
        precision=before.training.precision,
    )
    name = f"{before.name}, taught"[:MAX_NAME_LENGTH]
    return replace(parent.continuation(name=name), recipe=TAUGHT, person=person, training=training)
