"""The process that reads a model file: the file on standard input, the network on standard output.

It has little memory and time, so that a file which makes the HDF5 library loop or run wild harms nobody.
"""

import os
import sys
from contextlib import suppress

from mnist_core.errors import LabError
from mnist_core.untrusted.mlp import read
from mnist_core.untrusted.sandbox import REFUSED, SECONDS

MEMORY = 2 * 2**30  # bytes of address space; the largest file needs a quarter


def main() -> int:
    """Returns the exit status: REFUSED, with the reason on standard output, when the file is not to be had."""
    if os.name == "posix":
        _limit()
    try:
        answer = read(sys.stdin.buffer.read()).to_bytes()
    except LabError as error:
        sys.stdout.buffer.write(str(error).encode())
        return REFUSED
    sys.stdout.buffer.write(answer)
    return 0


def _limit() -> None:
    import resource

    for kind, limit in (("AS", MEMORY), ("CPU", SECONDS), ("CORE", 0)):
        with suppress(ValueError, OSError):  # systems differ in what they let be limited
            resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"), (limit, limit))


if __name__ == "__main__":
    sys.exit(main())
