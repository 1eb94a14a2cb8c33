"""The choice of the numeric precision in training: float32, or bfloat16 if it is faster."""

import json
import platform
import time
from pathlib import Path
from typing import Literal

import tensorflow as tf
from pydantic import TypeAdapter

FLOAT32, BFLOAT16 = "float32", "mixed_bfloat16"  # Keras' names of the policies; weights are float32 in both
CACHE_JSON = TypeAdapter(dict[str, Literal["float32", "mixed_bfloat16"]])  # the policy by machine
PRODUCTS_PER_TIMING = 20
TIMING_REPEATS = 3


def fastest(cache_file: Path) -> str:
    """FLOAT32 or BFLOAT16, whichever multiplies matrices faster on this machine.

    The measurement takes a quarter of a second and is cached in the JSON file ``cache_file``. Processors without
    bfloat16 instructions are many times slower with bfloat16.
    """
    machine = f"{platform.node()} {platform.machine()} {tf.config.threading.get_intra_op_parallelism_threads()}"
    cache = _read_cache(cache_file)
    if machine not in cache:
        cache[machine] = min((FLOAT32, BFLOAT16), key=lambda policy: _seconds(policy.removeprefix("mixed_")))
        cache_file.write_text(json.dumps(cache, indent=2))
    return cache[machine]


def _seconds(dtype: str) -> float:
    """The shortest of a few measured times for the matrix products of a hidden layer: 512 digits, 512 units."""
    digits, weights = tf.ones((512, 784), dtype), tf.ones((784, 512), dtype)

    @tf.function  # type: ignore[untyped-decorator]  # TensorFlow has no types
    def products() -> tf.Tensor:
        total = tf.zeros((512, 512), dtype)
        for _ in tf.range(PRODUCTS_PER_TIMING):
            total += tf.matmul(digits, weights)
        return total

    products()
    return min(_timed(products) for _ in range(TIMING_REPEATS))


def _timed(function: tf.types.experimental.PolymorphicFunction) -> float:
    started = time.perf_counter()
    function().numpy()
    return time.perf_counter() - started


def _read_cache(cache_file: Path) -> dict[str, str]:
    """The cached policies by machine; a damaged file counts as empty, because measuring again is cheap."""
    try:
        return dict(CACHE_JSON.validate_json(cache_file.read_bytes(), strict=True))
    except (OSError, ValueError):
        return {}
