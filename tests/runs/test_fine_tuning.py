import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.config import CONFIG_JSON
from mnist_core.recipes import RECIPES
from mnist_core.runs import store
from mnist_core.runs.files import parse_json
from mnist_core.runs.fine_tuning import FILE, MIN_DRAWINGS, Lesson, LessonError, lesson_config


def lesson(count: int = 40) -> Lesson:
    rng = np.random.default_rng(0)
    return Lesson.of(rng.integers(0, 256, (count, 28, 28), np.uint8), rng.integers(0, 10, count).astype(np.uint8))


def test_half_of_the_drawings_of_each_label_are_used_for_training():
    new = lesson(41)
    for label in range(10):
        learned, held_out = new.learned[new.labels == label].sum(), (~new.learned[new.labels == label]).sum()
        assert abs(learned - held_out) <= 1


def test_adding_drawings_keeps_earlier_ones_in_their_half():
    before = lesson(40)
    images = np.concatenate([before.images, before.images[:7]])
    after = Lesson.of(images, np.concatenate([before.labels, before.labels[:7]]))
    assert_array_equal(after.learned[:40], before.learned)


def test_an_odd_number_of_drawings_per_label_is_halved_over_all_labels():
    labels = np.tile(np.arange(10, dtype=np.uint8), 3)
    new = Lesson.of(np.zeros((30, 28, 28), np.uint8), labels)
    assert new.learned.sum() == 15


def test_too_few_drawings_raise_lesson_error():
    with pytest.raises(LessonError, match=f"{MIN_DRAWINGS} drawings with labels or more, got 19"):
        lesson(19)


def test_a_lesson_is_saved_in_its_run_and_in_a_continuation(tmp_path):
    (tmp_path / "runs").mkdir()
    book, new = store.find("book", tmp_path), lesson()
    run = store.create(lesson_config(book), tmp_path, lesson=new)
    saved = Lesson.read(run.path)
    assert_array_equal(saved.images, new.images)
    assert_array_equal(saved.labels, new.labels)
    assert_array_equal(saved.learned, new.learned)
    (run.path / "model.keras").write_bytes(book.model_path.read_bytes())
    continuation = store.create(run.continuation(epochs=1), tmp_path)
    assert_array_equal(Lesson.read(continuation.path).images, new.images)


def test_a_missing_lesson_is_none_and_a_damaged_one_raises_lesson_error(tmp_path):
    assert Lesson.read(tmp_path) is None
    (tmp_path / FILE).write_bytes(b"no archive")
    with pytest.raises(LessonError, match="cannot be read"):
        Lesson.read(tmp_path)


def test_lesson_config_continues_the_network_and_trains_on_drawings(tmp_path):
    (tmp_path / "runs").mkdir()
    book = store.find("book", tmp_path)
    config = lesson_config(book, person="somebody")
    assert (config.name, config.recipe, config.person) == ("book, taught", "taught", "somebody")
    assert (config.parent, config.inherited_epochs, config.model) == (book.id, 20, book.read_config().model)
    assert config.training.drawings > 0
    assert config.training.handwriting == 0
    assert parse_json(json.dumps(config.to_json()).encode(), CONFIG_JSON) == config
    assert RECIPES.keys().isdisjoint({config.recipe})
