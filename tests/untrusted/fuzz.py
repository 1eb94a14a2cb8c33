"""Read many damaged model files, each in a process of its own: ``python -m tests.untrusted.fuzz SEED COUNT FOLDER``.

Prints a JSON object with the numbers of files that were read, refused, killed their process (these are saved in
FOLDER), or raised another exception. This is no test: the process of pytest has threads and cannot be forked safely.
"""

import json
import os
import random
import resource
import signal
import sys
import traceback
from collections import Counter
from pathlib import Path

from mnist_core.errors import LabError
from mnist_core.untrusted.mlp import read
from tests.untrusted.files import SMALL, hdf5, zipped

VALUES = [None, True, -1, 0, 1.5, 1e308, float("nan"), "", "relu", "Dense", [], {}, [None], 2**70, "\0", [[[]]]]


def damaged(whole: bytes, rng: random.Random) -> bytes:
    """``whole`` truncated, or with some bytes changed, half of them in the first 4,000 bytes."""
    if rng.random() < 0.15:
        return whole[: rng.randrange(len(whole))]
    content = bytearray(whole)
    for _ in range(rng.choice([1, 1, 2, 4, 8, 16])):
        content[rng.randrange(len(content) if rng.random() < 0.5 else 4000)] = rng.choice([0, 255, rng.randrange(256)])
    return bytes(content)


def mutated(network: dict, rng: random.Random) -> dict:
    """A copy of the config ``network`` with one random value replaced or deleted."""
    copy = json.loads(json.dumps(network))
    node = copy
    while True:
        key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
        if isinstance(node[key], dict | list) and node[key] and rng.random() < 0.8:
            node = node[key]
            continue
        if rng.random() < 0.2:
            del node[key]
        else:
            node[key] = rng.choice(VALUES)
        return copy


def random_file(rng: random.Random) -> bytes:
    match rng.randrange(4):
        case 0:
            return hdf5(mutated(SMALL, rng))
        case 1:
            return zipped(mutated(SMALL, rng))
        case 2:
            return damaged(zipped(), rng)
        case _:
            return damaged(hdf5(), rng)


def outcome(content: bytes) -> str:
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return {0: "read", 3: "refused", 4: "other"}.get(status, "fatal")
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    try:
        read(content)
    except LabError as error:
        os._exit(3 if str(error) and "\n" not in str(error) else 4)
    except BaseException:  # noqa: BLE001, that is what is looked for
        traceback.print_exc()
        os._exit(4)
    os._exit(0)


def main(seed: int, count: int, folder: Path) -> None:
    rng = random.Random(seed)
    outcomes: Counter[str] = Counter()
    for number in range(count):
        content = random_file(rng)
        result = outcome(content)
        outcomes[result] += 1
        if result == "fatal":
            (folder / f"{number}.h5").write_bytes(content)
    print(json.dumps(outcomes))  # noqa: T201, to the test


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
