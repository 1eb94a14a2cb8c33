"""Reading NumPy archives (``.npz``), which may be damaged or untrusted."""

from collections.abc import Iterable
from typing import BinaryIO

import numpy as np
from numpy.lib.npyio import NpzFile

from mnist_core.errors import DamagedFile, ModelError
from mnist_core.untrusted.zip_safety import ZIP_ERRORS, check_members

MAX_BYTES = 128 * 2**20  # of all arrays of an archive; the largest network that people configure has 50 MB
NUMBER_KINDS = "fiub"  # NumPy's codes of float, signed and unsigned integer, bool
# What NumPy raises for a damaged archive, besides the zip's own errors.
READ_ERRORS = (*ZIP_ERRORS, LookupError, TypeError, AttributeError, SyntaxError, MemoryError)


def read_arrays(file: BinaryIO, names: Iterable[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays of the open ``.npz`` ``file`` by name, all or those of ``names`` that it has.

    Raises DamagedFile when it is no such archive, too large, or holds anything but numbers.
    """
    try:
        archive = np.load(file, allow_pickle=False)
        if not isinstance(archive, NpzFile) or archive.zip is None:
            raise DamagedFile("it is no archive of arrays")
        with archive:
            check_members(archive.zip.infolist(), max_bytes=MAX_BYTES)
            present = archive.files if names is None else [name for name in names if name in archive]
            arrays = {name: archive[name] for name in present}
    except ModelError as error:
        raise DamagedFile(str(error)) from error
    except READ_ERRORS as error:
        raise DamagedFile(_reason(error)) from error
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in NUMBER_KINDS:
            raise DamagedFile(f"{name} holds something else than numbers")
    return arrays


def _reason(error: Exception) -> str:
    """The reason in words; NumPy's own text would advise to allow pickles, which run any program."""
    text = str(error) or type(error).__name__
    return "it holds Python objects instead of numbers" if "pickle" in text else text
