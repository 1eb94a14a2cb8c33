"""The MNIST dataset, loaded from the file beside this module and verified by checksums; nothing is downloaded.

Source: Yann LeCun, Corinna Cortes, Christopher Burges, "The MNIST database of handwritten digits", CC BY-SA 3.0.
"""

import hashlib
import struct
import threading
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mnist_core.errors import LabError

FILE = Path(__file__).with_name("mnist.npz")
SIZES = {"train": 60_000, "test": 10_000}
READ_ERRORS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)  # raised by a damaged .npz

# Checksums of the published IDX files, headers included.
SHA256 = {
    "x_train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "y_train": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "x_test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "y_test": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


_LOAD_LOCK = threading.Lock()  # concurrent sessions wait while one of them loads the file


class DatasetError(LabError):
    """The dataset's file is missing, damaged or not MNIST."""


@dataclass(frozen=True)
class Split:
    """Digits and their labels.

    ``images``: uint8 (N, 28, 28), 0 background, 255 ink. ``labels``: uint8 (N,), 0 to 9. Both read-only.
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: np.ndarray) -> "Split":
        """The digits at ``indices``, int (M,)."""
        return Split(self.images[indices], self.labels[indices])

    def joined(self, other: "Split") -> "Split":
        """The concatenation of both splits."""
        return Split(np.concatenate([self.images, other.images]), np.concatenate([self.labels, other.labels]))


@dataclass(frozen=True)
class Mnist:
    """The two splits: 60,000 training and 10,000 test digits."""

    train: Split
    test: Split

    def split(self, name: str) -> Split:
        """The split called "train" or "test"."""
        return {"train": self.train, "test": self.test}[name]

    def hold_out(self, count: int) -> "tuple[Split, Split]":
        """Split off ``count`` training digits for validation, always the same: (training, validation)."""
        order = np.random.default_rng(0).permutation(len(self.train))
        return self.train.take(np.sort(order[count:])), self.train.take(np.sort(order[:count]))


def load() -> Mnist:
    """Read and verify MNIST, once per process.

    Raises DatasetError when the file is missing, damaged or altered; the next call then tries again.
    """
    with _LOAD_LOCK:
        return _load(FILE)


@cache
def _load(file: Path) -> Mnist:
    arrays = _read(file)
    for name, expected in SHA256.items():
        if idx_sha256(arrays[name]) != expected:
            raise _damaged(file, f"its {name} is not MNIST's (the SHA-256 differs)")
        arrays[name].setflags(write=False)
    return Mnist(
        train=Split(arrays["x_train"], arrays["y_train"]),
        test=Split(arrays["x_test"], arrays["y_test"]),
    )


def _read(file: Path) -> dict[str, np.ndarray]:
    if not file.exists():
        raise _damaged(file, "it is missing")
    try:
        # Opened explicitly, because np.load does not close a damaged file.
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            return {name: archive[name] for name in SHA256}
    except READ_ERRORS as error:
        raise _damaged(file, f"it cannot be read as a NumPy archive ({error})") from error


def _damaged(file: Path, reason: str) -> DatasetError:
    return DatasetError(
        f"The dataset {file} is not usable: {reason}. "
        "To mend it, get the file again: git checkout -- mnist_core/digits/mnist.npz"
    )


def idx_sha256(array: np.ndarray) -> str:
    """The SHA-256 of ``array``, uint8 of any shape, written as an IDX file.

    An IDX file has two zero bytes, the type (8 for uint8), the number of axes, each axis' length as a
    big-endian uint32, then the values (LeCun et al., 1998).
    """
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return hashlib.sha256(header + array.tobytes()).hexdigest()
