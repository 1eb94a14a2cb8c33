"""Safety checks of untrusted zip files before anything is unpacked."""

import lzma
import stat
import struct
import tokenize
import zipfile
import zlib

from mnist_core.errors import ModelError

ZIP = b"PK\x03\x04"  # the first bytes of a zip file
# Raised when a damaged zip file, or an array file in it, is read.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    tokenize.TokenError,
    OverflowError,
    OSError,
    EOFError,
    ValueError,
    KeyError,
    IndexError,
    NotImplementedError,
    RuntimeError,
)
MEGABYTE = 2**20


def check_members(members: list[zipfile.ZipInfo], *, max_bytes: int) -> None:
    """Raises ModelError for unsafe members, or when their total uncompressed size is above ``max_bytes``.

    The sizes are those that the zip declares; reading a member that is larger raises one of ZIP_ERRORS.
    """
    names = [member.filename for member in members]
    for name in names:
        if name.startswith(("/", "\\")) or ":" in name or ".." in name.replace("\\", "/").split("/"):
            raise ModelError(f"It holds a file called {name[:60]!r}, whose path leads out of it.")
        if name.endswith((".pkl", ".pickle")):
            raise ModelError("It holds a Python pickle, which can run any program when it is opened.")
    if len(set(names)) < len(names):
        raise ModelError("It holds two files of the same name.")
    if any(stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR) for member in members):
        raise ModelError("It holds a link in a file's place.")
    if sum(member.file_size for member in members) > max_bytes:
        raise ModelError(f"It unpacks to more than {max_bytes // MEGABYTE} MB.")
