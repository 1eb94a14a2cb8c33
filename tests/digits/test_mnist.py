"""Tests that the data set is the published MNIST and that a damaged file raises an error."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from mnist_core.digits import mnist
from mnist_core.digits.mnist import DatasetError, idx_sha256

ORIGINAL_FILE = mnist.FILE
PUBLISHED = {
    "train images": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train labels": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "test images": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "test labels": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path from which MNIST is loaded; no file exists there yet."""
    path = tmp_path / "mnist.npz"
    monkeypatch.setattr(mnist, "FILE", path)
    return path


def assert_names_file_and_fix(message: str, file: Path) -> None:
    assert str(file) in message
    assert "git checkout" in message


def test_arrays_have_the_checksums_of_the_published_files() -> None:
    data = mnist.load()
    arrays = (data.train.images, data.train.labels, data.test.images, data.test.labels)
    assert [idx_sha256(array) for array in arrays] == list(PUBLISHED.values())


def test_the_splits_have_the_known_shapes_and_types() -> None:
    data = mnist.load()
    for name, size in mnist.SIZES.items():
        split = data.split(name)
        assert len(split) == size
        assert split.images.shape == (size, 28, 28)
        assert split.labels.shape == (size,)
        assert split.images.dtype == split.labels.dtype == np.uint8


def test_writing_to_the_shared_arrays_raises_value_error() -> None:
    with pytest.raises(ValueError, match="read-only"):
        mnist.load().train.images[0] = 0


def test_loading_twice_returns_the_same_object() -> None:
    assert mnist.load() is mnist.load()


def test_the_idx_checksum_covers_header_and_values() -> None:
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    header = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3])
    assert idx_sha256(array) == hashlib.sha256(header + bytes(range(6))).hexdigest()


def test_the_idx_checksum_depends_on_the_shape() -> None:
    array = np.arange(6, dtype=np.uint8)
    assert idx_sha256(array.reshape(2, 3)) != idx_sha256(array.reshape(3, 2))


def test_a_missing_file_raises_dataset_error_with_the_fix(file: Path) -> None:
    with pytest.raises(DatasetError, match="missing") as caught:
        mnist.load()
    assert_names_file_and_fix(str(caught.value), file)


@pytest.mark.parametrize("length", [0, 1, 1000, 5_000_000, -1])
def test_a_truncated_file_raises_dataset_error_with_the_fix(file: Path, length: int) -> None:
    file.write_bytes(ORIGINAL_FILE.read_bytes()[:length])
    with pytest.raises(DatasetError, match="cannot be read") as caught:
        mnist.load()
    assert_names_file_and_fix(str(caught.value), file)


@pytest.mark.parametrize("content", [b"not an archive", b"PK\x03\x04 and no more", b"\x80\x04pickled"])
def test_a_file_that_is_no_archive_raises_dataset_error_with_the_fix(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(DatasetError, match="cannot be read") as caught:
        mnist.load()
    assert_names_file_and_fix(str(caught.value), file)


def test_a_folder_at_the_path_of_the_file_raises_dataset_error_with_the_fix(file: Path) -> None:
    file.mkdir()
    with pytest.raises(DatasetError, match="cannot be read") as caught:
        mnist.load()
    assert_names_file_and_fix(str(caught.value), file)


def test_flipped_bits_raise_dataset_error_with_the_fix(file: Path) -> None:
    content = bytearray(ORIGINAL_FILE.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        mnist.load()
    assert_names_file_and_fix(str(caught.value), file)


def test_an_archive_with_missing_arrays_raises_dataset_error_with_the_fix(file: Path) -> None:
    np.savez(file, x_train=np.zeros((1, 28, 28), np.uint8))
    with pytest.raises(DatasetError, match="cannot be read") as caught:
        mnist.load()
    assert_names_file_and_fix(str(caught.value), file)


@pytest.mark.parametrize("name", ["x_train", "y_train", "x_test", "y_test"])
def test_an_altered_array_raises_dataset_error_with_its_name(file: Path, name: str) -> None:
    with np.load(ORIGINAL_FILE) as archive:
        arrays = dict(archive)
    arrays[name].flat[-1] ^= 1
    np.savez(file, **arrays)
    with pytest.raises(DatasetError, match=f"{name} is not MNIST's") as caught:
        mnist.load()
    assert_names_file_and_fix(str(caught.value), file)


def test_a_repaired_file_is_loaded_after_an_error(file: Path) -> None:
    file.write_bytes(b"damaged")
    with pytest.raises(DatasetError):
        mnist.load()
    shutil.copyfile(ORIGINAL_FILE, file)
    assert len(mnist.load().train) == 60_000
