"""Reads model files in a separate process, so that a malicious file cannot harm this one."""

import os
import subprocess
import sys
from pathlib import Path

from mnist_core.errors import ModelError
from mnist_core.untrusted.file_limits import check_size
from mnist_core.untrusted.mlp import Mlp

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 20  # per file; half a second is usual
REJECTED_STATUS = 3  # exit status of a rejected file; the reason is on standard output
DAMAGED_MESSAGE = "The file is damaged in such a way that nothing can read it."


def read_safely(content: bytes) -> Mlp:
    """Read the network from the model file with this ``content``. Raises ModelError with the reason on failure."""
    command = [sys.executable, "-m", "mnist_core.untrusted"]
    try:
        process = subprocess.run(
            command,
            input=check_size(content),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # each thread would use some of the limited memory
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(DAMAGED_MESSAGE) from error
    if process.returncode:
        raise ModelError(process.stdout.decode() if process.returncode == REJECTED_STATUS else DAMAGED_MESSAGE)
    return Mlp.from_bytes(process.stdout)
