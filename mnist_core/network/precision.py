"""How exactly to compute while training: in float32, or in bfloat16 where that is faster."""

import json
import platform
import time
from pathlib import Path

import tensorflow as tf

FLOAT32, BFLOAT16 = "float32", "mixed_bfloat16"  # Keras' names of the policies; weights are float32 in both
PRODUCTS = 20
TRIES = 3


def fastest(memory: Path) -> str:
    """FLOAT32 or BFLOAT16, whichever multiplies matrices faster on this machine.

    It is timed once, in a quarter of a second, and remembered in the JSON file ``memory``. Processors without
    bfloat16 instructions compute it many times slower.
    """
    machine = f"{platform.node()} {platform.machine()} {tf.config.threading.get_intra_op_parallelism_threads()}"
    known = _read(memory)
    if machine not in known:
        known[machine] = min((FLOAT32, BFLOAT16), key=lambda policy: _seconds(policy.removeprefix("mixed_")))
        memory.write_text(json.dumps(known, indent=2))
    return known[machine]


def _seconds(dtype: str) -> float:
    """The best of a few times for the products of one hidden layer's step: 512 digits, 512 units."""
    digits, weights = tf.ones((512, 784), dtype), tf.ones((784, 512), dtype)

    @tf.function
    def products() -> tf.Tensor:
        total = tf.zeros((512, 512), dtype)
        for _ in tf.range(PRODUCTS):
            total += tf.matmul(digits, weights)
        return total

    products()
    return min(_timed(products) for _ in range(TRIES))


def _timed(function: tf.types.experimental.PolymorphicFunction) -> float:
    started = time.perf_counter()
    function().numpy()
    return time.perf_counter() - started


def _read(memory: Path) -> dict[str, str]:
    """What is remembered; a damaged file counts as none, as timing again costs little."""
    try:
        known = json.loads(memory.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
