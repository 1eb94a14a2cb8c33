import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.config import RunConfig
from mnist_core.recipes import RECIPES
from mnist_core.runs import store
from mnist_core.runs.fine_tuning import FEWEST, FILE, Lesson, LessonError, lesson_config


def lesson(count: int = 40) -> Lesson:
    rng = np.random.default_rng(0)
    return Lesson.of(rng.integers(0, 256, (count, 28, 28), np.uint8), rng.integers(0, 10, count).astype(np.uint8))


def test_half_of_each_labels_drawings_are_learned_and_the_others_judge():
    given = lesson(41)
    for label in range(10):
        learned, judging = given.learned[given.labels == label].sum(), (~given.learned[given.labels == label]).sum()
        assert abs(learned - judging) <= 1


def test_later_drawings_leave_each_earlier_one_in_its_half():
    before = lesson(40)
    images = np.concatenate([before.images, before.images[:7]])
    after = Lesson.of(images, np.concatenate([before.labels, before.labels[:7]]))
    assert_array_equal(after.learned[:40], before.learned)


def test_one_drawing_of_each_label_is_halved_too():
    labels = np.tile(np.arange(10, dtype=np.uint8), 3)
    given = Lesson.of(np.zeros((30, 28, 28), np.uint8), labels)
    assert given.learned.sum() == 15


def test_a_lesson_needs_enough_drawings():
    with pytest.raises(LessonError, match=f"{FEWEST} drawings with labels or more, got 19"):
        lesson(19)


def test_a_run_keeps_its_lesson_and_one_that_goes_on_from_it_too(tmp_path):
    (tmp_path / "runs").mkdir()
    book, given = store.find("book", tmp_path), lesson()
    run = store.create(lesson_config(book), tmp_path, lesson=given)
    kept = Lesson.read(run.path)
    assert_array_equal(kept.images, given.images)
    assert_array_equal(kept.labels, given.labels)
    assert_array_equal(kept.learned, given.learned)
    (run.path / "model.keras").write_bytes(book.model_path.read_bytes())
    further = store.create(run.continuation(epochs=1), tmp_path)
    assert_array_equal(Lesson.read(further.path).images, given.images)


def test_a_run_without_a_lesson_has_none_and_a_damaged_one_is_told(tmp_path):
    assert Lesson.read(tmp_path) is None
    (tmp_path / FILE).write_bytes(b"no archive")
    with pytest.raises(LessonError, match="cannot be read"):
        Lesson.read(tmp_path)


def test_a_lesson_goes_on_from_the_network_that_is_taught_and_rehearses_what_it_knew(tmp_path):
    (tmp_path / "runs").mkdir()
    book = store.find("book", tmp_path)
    config = lesson_config(book, person="somebody")
    assert (config.name, config.recipe, config.person) == ("book, taught", "taught", "somebody")
    assert (config.parent, config.inherited_epochs, config.model) == (book.id, 20, book.config.model)
    assert config.training.drawings > 0
    assert config.training.handwriting == 0
    assert RunConfig.from_json(config.to_json()) == config
    assert RECIPES.keys().isdisjoint({config.recipe})
