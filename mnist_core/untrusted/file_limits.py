"""Size limits of model files."""

from pathlib import Path

from mnist_core.errors import ModelError

MAX_MEGABYTES = 64
MAX_BYTES = MAX_MEGABYTES * 2**20  # of a file, and of its uncompressed content


def read_content(path: Path) -> bytes:
    """Read the model file at ``path``. Raises ModelError when it is missing, unreadable or too large."""
    if not path.is_file():
        raise ModelError(f"There is no model file {path}.")
    try:
        with path.open("rb") as file:
            return check_size(file.read(MAX_BYTES + 1))
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error


def check_size(content: bytes) -> bytes:
    """Return ``content`` unchanged. Raises ModelError when it is larger than MAX_BYTES."""
    if len(content) > MAX_BYTES:
        raise ModelError(f"The file is larger than {MAX_MEGABYTES} MB.")
    return content
