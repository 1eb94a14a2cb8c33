"""Fine-tuning on the room's drawings: one half is trained on, the other half is held out."""

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from mnist_core.config import COSINE, MAX_NAME_LENGTH, RunConfig, TrainingConfig
from mnist_core.errors import DamagedFile, LabError, one_line
from mnist_core.runs.files import atomic_write, read_arrays
from mnist_core.runs.run import Run

MIN_DRAWINGS = 20  # for a lesson
MAX_LESSON_DRAWINGS = 100_000
FILE = "lesson.npz"  # in the run's folder
FINE_TUNING_RECIPE = "taught"  # of fine-tuning runs
DRAWING_COPIES = 6_000  # the drawings are repeated to this number, beside 60,000 MNIST digits
MAX_SYNTHETIC_DRAWINGS = 6_000  # only for a network that was trained on synthetic drawings


class LessonError(LabError):
    """There are too few drawings, or the lesson's file is damaged."""


@dataclass(frozen=True)
class Lesson:
    """Labelled drawings, partly to train on and partly held out.

    ``images``: uint8 (N, 28, 28), 0 background, 255 ink. ``labels``: uint8 (N,). ``learned``: bool (N,), trained on.
    """

    images: np.ndarray
    labels: np.ndarray
    learned: np.ndarray

    @classmethod
    def of(cls, images: np.ndarray, labels: np.ndarray) -> "Lesson":
        """A lesson from drawings, oldest first, that trains on ``learned_half``; arrays as in the class.

        Raises LessonError when there are fewer than MIN_DRAWINGS.
        """
        if len(labels) < MIN_DRAWINGS:
            raise LessonError(f"A lesson takes {MIN_DRAWINGS} drawings with labels or more, got {len(labels)}.")
        return cls(images, labels, learned_half(labels))

    @classmethod
    def read(cls, folder: Path) -> "Lesson | None":
        """The lesson in a run's ``folder``, or None. Raises LessonError when the file is damaged."""
        path = folder / FILE
        if not path.exists():
            return None
        try:
            lesson = cls(**read_arrays(path, [each.name for each in fields(cls)]))
            lesson.check()
        except (DamagedFile, FileNotFoundError, TypeError) as error:
            raise LessonError(
                f"The drawings of the run {folder.name} cannot be read: {one_line(str(error))}."
            ) from error
        return lesson

    def check(self) -> None:
        """Raise DamagedFile unless the arrays have the types and shapes above, and labels from 0 to 9."""
        count = len(self.images) if self.images.ndim else 0
        are_numbers = self.images.dtype == np.uint8 and self.labels.dtype.kind in "iu"
        shapes = (self.images.shape, self.labels.shape, self.learned.shape)
        if not are_numbers or self.learned.dtype != np.bool_ or shapes != ((count, 28, 28), (count,), (count,)):
            raise DamagedFile("it does not hold images, labels and a mask")
        if not 0 < count <= MAX_LESSON_DRAWINGS or not 0 <= self.labels.min() <= self.labels.max() <= 9:
            raise DamagedFile(f"it needs 1 to {MAX_LESSON_DRAWINGS:,} drawings with labels from 0 to 9")

    def save(self, folder: Path) -> None:
        """Write the lesson to a run's ``folder``."""
        with atomic_write(folder / FILE) as path:
            np.savez_compressed(path, images=self.images, labels=self.labels, learned=self.learned)


def learned_half(labels: np.ndarray) -> np.ndarray:
    """The mask of the drawings to train on, bool (N,): every other drawing of each label. ``labels``: oldest first.

    New drawings do not change the half of older ones, so that fine-tuning again never trains on held-out drawings.
    Even labels begin with a drawing to train on, odd labels with a held-out one, so that the halves are about equal.
    """
    learned = np.zeros(len(labels), bool)
    for label in range(10):
        learned[np.flatnonzero(labels == label)[label % 2 :: 2]] = True
    return learned


def lesson_config(parent: Run, *, person: str = "") -> RunConfig:
    """The configuration that fine-tunes ``parent``: two epochs with a low rate, so that MNIST accuracy stays high."""
    before = parent.read_config()
    training = TrainingConfig(
        epochs=2,
        batch_size=256,
        learning_rate=5e-4,
        schedule=COSINE,
        label_smoothing=before.training.label_smoothing,
        distortions=True,
        handwriting=min(before.training.handwriting, MAX_SYNTHETIC_DRAWINGS),
        drawings=DRAWING_COPIES,
        precision=before.training.precision,
    )
    name = f"{before.name}, taught"[:MAX_NAME_LENGTH]
    return replace(parent.continuation(name=name), recipe=FINE_TUNING_RECIPE, person=person, training=training)
