"""The neural network: the only package that imports Keras."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Keras imports these if they are installed, for wrappers, plots and tables that are not used here.
OPTIONAL_DEPENDENCIES = ("matplotlib", "pandas", "sklearn")


@contextmanager
def _quiet_standard_error() -> Iterator[None]:
    """Discard what native code writes to standard error; Python exceptions are raised as usual."""
    saved, devnull = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(devnull)


@contextmanager
def _without_optional_imports() -> Iterator[None]:
    """Hide OPTIONAL_DEPENDENCIES from Keras: saves 2.4 s and 150 MB per process. They can be imported later."""
    hidden = [name for name in OPTIONAL_DEPENDENCIES if name not in sys.modules]
    # None makes an import raise ModuleNotFoundError; the type of sys.modules does not say so.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


# TensorFlow logs messages about missing GPUs in each process; the environment variable stops only some of them.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _quiet_standard_error(), _without_optional_imports():
    import keras  # noqa: F401
    import tensorflow as tf

    tf.config.list_physical_devices()

from absl import logging  # noqa: E402

# Keras warns for each HDF5 file that the format is old; here it is written on purpose, beside the new one.
logging.set_verbosity(logging.ERROR)
