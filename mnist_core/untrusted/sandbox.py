"""Have a model file read by a process of its own, which may crash, loop or be taken over without harm to this one."""

import os
import subprocess
import sys
from pathlib import Path

from mnist_core.errors import ModelError
from mnist_core.untrusted.file_limits import small_enough
from mnist_core.untrusted.mlp import Mlp

ROOT = Path(__file__).parents[2]
SECONDS = 20  # for one file; half a second is usual
REFUSED = 3  # the exit status that goes with a reason
DAMAGED = "The file is damaged in such a way that nothing can read it."


def read_safely(content: bytes) -> Mlp:
    """The network in the model file with this ``content``. Raises ModelError with the reason when it cannot be had."""
    command = [sys.executable, "-m", "mnist_core.untrusted"]
    try:
        done = subprocess.run(
            command,
            input=small_enough(content),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # each thread would take of the memory it may have
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(DAMAGED) from error
    if done.returncode:
        raise ModelError(done.stdout.decode() if done.returncode == REFUSED else DAMAGED)
    return Mlp.from_bytes(done.stdout)
