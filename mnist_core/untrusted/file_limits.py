"""The bytes of a model file, as long as there are not too many of them."""

from pathlib import Path

from mnist_core.errors import ModelError

MAX_MEGABYTES = 64
MAX_BYTES = MAX_MEGABYTES * 2**20  # of a file, and of what it unpacks to


def content_of(path: Path) -> bytes:
    """The bytes of the model file at ``path``. Raises ModelError when there is none, or it is too large."""
    if not path.is_file():
        raise ModelError(f"There is no model file {path}.")
    try:
        with path.open("rb") as file:
            return small_enough(file.read(MAX_BYTES + 1))
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error


def small_enough(content: bytes) -> bytes:
    """``content`` itself. Raises ModelError when there is more of it than a model file may have."""
    if len(content) > MAX_BYTES:
        raise ModelError(f"The file is larger than {MAX_MEGABYTES} MB.")
    return content
