"""Model files as Keras 2 and 3 write them, made without Keras: good ones, and what a stranger might make of them."""

import io
import json
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import h5py
import numpy as np

Weights = dict[str, dict[str, np.ndarray]]  # of a layer by its name, then by their own


def layer(kind: str, name: str | None = None, **settings: Any) -> dict:
    """A layer's description, as far as both Keras 2 and 3 write it."""
    return {"class_name": kind, "config": {"name": name or kind.lower(), **settings}}


def dense(name: str, units: int, activation: Any = "linear", **settings: Any) -> dict:
    initializer = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "seed": None}}
    others = {"use_bias": True, "kernel_initializer": initializer, "trainable": True}
    return layer("Dense", name, units=units, activation=activation, **others | settings)


def sequential(*layers: dict, early: bool = False, inputs: Sequence[int] = (784,)) -> dict:
    """A Sequential as Keras 2 describes it: the first layer tells the inputs. ``early``: as until 2.2.2."""
    first = {**layers[0], "config": {**layers[0]["config"], "batch_input_shape": [None, *inputs]}}
    described = [first, *layers[1:]]
    return {"class_name": "Sequential", "config": described if early else {"name": "sequential", "layers": described}}


def random_weights(*sizes: int, seed: int = 0) -> Weights:
    """Those of Dense layers called dense_1, dense_2 ... with ``sizes`` units, the inputs first."""
    rng = np.random.default_rng(seed)
    return {
        f"dense_{number}": {
            "kernel": rng.normal(0, 0.1, (inputs, units)).astype("f4"),
            "bias": rng.normal(0, 0.1, units).astype("f4"),
        }
        for number, (inputs, units) in enumerate(pairwise(sizes), start=1)
    }


SMALL = sequential(
    dense("dense_1", 8, "relu"), layer("Dropout", "dropout_1", rate=0.2), dense("dense_2", 10, "softmax")
)
SMALL_WEIGHTS = random_weights(784, 8, 10)


def write_hdf5(file: h5py.File, network: dict | str, weights: Weights, *, version: str = "2.1.3") -> None:
    """What Keras 2's model.save wrote: attributes of bytes, and for each layer a group that names its weights."""
    file.attrs["keras_version"] = version.encode()
    file.attrs["backend"] = b"tensorflow"
    file.attrs["model_config"] = (network if isinstance(network, str) else json.dumps(network)).encode()
    all_weights = file.create_group("model_weights")
    all_weights.attrs["layer_names"] = [name.encode() for name in weights]
    for name, arrays in weights.items():
        group = all_weights.create_group(name)
        group.attrs["weight_names"] = [f"{name}/{weight}:0".encode() for weight in arrays]
        for weight, values in arrays.items():
            group.create_dataset(f"{name}/{weight}:0", data=values)


def hdf5(network: dict | str = SMALL, weights: Weights = SMALL_WEIGHTS) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write_hdf5(file, network, weights)
    return buffer.getvalue()


def weights_of_zip(weights: Weights) -> bytes:
    """What Keras 3 calls model.weights.h5: Dense layers as dense, dense_1 ..., their weights numbered."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for number, arrays in enumerate(weights.values()):
            group = file.create_group(f"layers/dense{f'_{number}' if number else ''}/vars")
            for place, values in enumerate(arrays.values()):
                group.create_dataset(str(place), data=values)
    return buffer.getvalue()


def zipped(
    network: dict | str = SMALL,
    weights: Weights = SMALL_WEIGHTS,
    *,
    others: Sequence[tuple[str | zipfile.ZipInfo, bytes]] = (),
) -> bytes:
    """A .keras file, with ``others`` in it besides."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.writestr("config.json", network if isinstance(network, str) else json.dumps(network))
        archive.writestr("model.weights.h5", weights_of_zip(weights))
        for name, content in others:
            archive.writestr(name, content)
    return buffer.getvalue()
