"""The sandbox process: reads a model file from standard input and writes the network to standard output.

Its memory and CPU time are limited, because malicious files can make the HDF5 library loop or allocate without end.
"""

import os
import sys
from contextlib import suppress

from mnist_core.errors import LabError
from mnist_core.untrusted.mlp import read
from mnist_core.untrusted.sandbox import REJECTED_STATUS, TIMEOUT_SECONDS

MAX_MEMORY_BYTES = 2 * 2**30  # of address space; the largest file needs a quarter


def main() -> int:
    """Return the exit status: 0, or REJECTED_STATUS with the reason on standard output."""
    if os.name == "posix":
        _limit_resources()
    try:
        network_bytes = read(sys.stdin.buffer.read()).to_bytes()
    except LabError as error:
        sys.stdout.buffer.write(str(error).encode())
        return REJECTED_STATUS
    sys.stdout.buffer.write(network_bytes)
    return 0


def _limit_resources() -> None:
    import resource

    for kind, limit in (("AS", MAX_MEMORY_BYTES), ("CPU", TIMEOUT_SECONDS), ("CORE", 0)):
        with suppress(ValueError, OSError):  # some systems do not support all limits
            resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"), (limit, limit))


if __name__ == "__main__":
    sys.exit(main())
