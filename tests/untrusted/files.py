"""Valid and malicious model files in the formats of Keras 2 and 3, written without Keras."""

import io
import json
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import h5py
import numpy as np

Weights = dict[str, dict[str, np.ndarray]]  # {layer name: {weight name: array}}


def layer(kind: str, name: str | None = None, **settings: Any) -> dict:
    """The config of a layer, in the format that Keras 2 and 3 share."""
    return {"class_name": kind, "config": {"name": name or kind.lower(), **settings}}


def dense(name: str, units: int, activation: Any = "linear", **settings: Any) -> dict:
    initializer = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "seed": None}}
    others = {"use_bias": True, "kernel_initializer": initializer, "trainable": True}
    return layer("Dense", name, units=units, activation=activation, **others | settings)


def sequential(*layers: dict, early: bool = False, inputs: Sequence[int] = (784,)) -> dict:
    """The config of a Keras 2 Sequential; the first layer has the input shape. ``early``: format before 2.2.3."""
    first = {**layers[0], "config": {**layers[0]["config"], "batch_input_shape": [None, *inputs]}}
    configs = [first, *layers[1:]]
    return {"class_name": "Sequential", "config": configs if early else {"name": "sequential", "layers": configs}}


def random_weights(*sizes: int, seed: int = 0) -> Weights:
    """Weights of Dense layers dense_1, dense_2 ...; ``sizes`` are the inputs and the units of each layer."""
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
    """Write the HDF5 format of Keras 2: attributes of type bytes, and for each layer a group with its weights."""
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
    """The model.weights.h5 of Keras 3: Dense layers are dense, dense_1 ...; their weights are numbered."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for number, arrays in enumerate(weights.values()):
            group = file.create_group(f"layers/dense{f'_{number}' if number else ''}/vars")
            for index, values in enumerate(arrays.values()):
                group.create_dataset(str(index), data=values)
    return buffer.getvalue()


def zipped(
    network: dict | str = SMALL,
    weights: Weights = SMALL_WEIGHTS,
    *,
    others: Sequence[tuple[str | zipfile.ZipInfo, bytes]] = (),
) -> bytes:
    """A .keras file with the additional members ``others``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.writestr("config.json", network if isinstance(network, str) else json.dumps(network))
        archive.writestr("model.weights.h5", weights_of_zip(weights))
        for name, content in others:
            archive.writestr(name, content)
    return buffer.getvalue()
