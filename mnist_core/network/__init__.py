"""The Keras network: the only room that imports Keras."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Keras imports these where they are installed, for wrappers, drawings and tables that are not used here.
OPTIONAL = ("matplotlib", "pandas", "sklearn")


@contextmanager
def _quiet_standard_error() -> Iterator[None]:
    """Send what native code writes to standard error nowhere; Python's exceptions still come through."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def _without_optional_imports() -> Iterator[None]:
    """Have Keras do without OPTIONAL, which whoever needs it can import later: 2.4 s and 150 MB less a process."""
    hidden = [name for name in OPTIONAL if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # None has an import raise ModuleNotFoundError
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


# TensorFlow greets each process with lines about absent GPUs; the environment variable stops only some of them.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _quiet_standard_error(), _without_optional_imports():
    import keras  # noqa: F401
    import tensorflow as tf

    tf.config.list_physical_devices()

from absl import logging  # noqa: E402

# Keras warns at each HDF5 file that the format is old; here it is written on purpose, beside the new one.
logging.set_verbosity(logging.ERROR)
