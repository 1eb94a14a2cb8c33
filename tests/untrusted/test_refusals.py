"""Tests that unsupported, damaged and malicious model files raise an error with the reason."""

import io
import json
import pickle
import stat
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest

from mnist_core.errors import LabError, ModelError
from mnist_core.untrusted import sandbox
from mnist_core.untrusted.file_limits import MAX_BYTES, read_content
from mnist_core.untrusted.mlp import read
from mnist_core.untrusted.sandbox import read_safely
from tests.untrusted.files import (
    SMALL,
    SMALL_WEIGHTS,
    dense,
    hdf5,
    layer,
    random_weights,
    sequential,
    weights_of_zip,
    write_hdf5,
    zipped,
)

CONVOLUTION = layer("Conv2D", filters=8, kernel_size=[3, 3])
OUTPUT_LAYER = dense("dense_1", 10, "softmax")


def member(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def changed(**settings) -> dict:
    """A valid network with ``settings`` in its first layer."""
    first = {"name": "dense_1", "units": 8, "activation": "relu"} | settings
    return sequential(dense(**first), dense("dense_2", 10, "softmax"))


def hidden_layers(*units: int) -> dict:
    return sequential(*(dense(f"dense_{each}", each, "relu") for each in units), dense("answer", 10, "softmax"))


def branching() -> dict:
    """A Keras 2 functional network whose second layer is also connected to the input."""
    first = {**layer("InputLayer", "input", batch_input_shape=[None, 784]), "name": "input", "inbound_nodes": []}
    hidden = {**dense("dense_1", 8), "name": "dense_1", "inbound_nodes": [[["input", 0, 0, {}]]]}
    last = {**OUTPUT_LAYER, "name": "dense_2", "inbound_nodes": [[["dense_1", 0, 0, {}], ["input", 0, 0, {}]]]}
    config = {"layers": [first, hidden, last], "input_layers": [["input", 0, 0]], "output_layers": [["dense_2", 0, 0]]}
    return {"class_name": "Functional", "config": config}


REFUSED_NETWORKS = {
    "a Lambda layer": (sequential(layer("Lambda", function=["4wEAAAA=", None, None]), OUTPUT_LAYER), "Lambda"),
    "a function of its own": (
        changed(activation={"module": "builtins", "class_name": "function", "config": "mine"}),
        "program code",
    ),
    "a lambda of Keras 3": (changed(activation={"class_name": "__lambda__", "config": {"value": "x"}}), "Lambda"),
    "a registered class": (
        sequential({**layer("Mine"), "module": None, "registered_name": "Custom>Mine"}, OUTPUT_LAYER),
        "program code.*Custom>Mine",
    ),
    "a class of another module": (sequential({**OUTPUT_LAYER, "module": "os.path"}), "program code"),
    "a class of its own": ({"class_name": "MyNetwork", "config": {}}, "its own class 'MyNetwork'"),
    "a convolution": (sequential(CONVOLUTION, OUTPUT_LAYER, inputs=(28, 28, 1)), "kind 'Conv2D'.*Dense"),
    "3 classes": (sequential(dense("dense_1", 3, "softmax")), "answers with 3 numbers"),
    "no Dense layer": (sequential(layer("Flatten")), "answers with no numbers"),
    "other inputs": (sequential(OUTPUT_LAYER, inputs=(32, 32, 3)), r"\[32, 32, 3\].*28 x 28"),
    "no inputs told": ({"class_name": "Sequential", "config": [OUTPUT_LAYER]}, "how many inputs"),
    "a branch": (branching(), "branch"),
    "no layers": ({"class_name": "Sequential", "config": []}, "1 to 64 layers"),
    "a layer too many": (sequential(*[layer("Dropout", rate=0.1)] * 64, OUTPUT_LAYER), "1 to 64 layers"),
    "a hidden layer too many": (hidden_layers(*[16] * 17), "0 to 16 hidden layers"),
    "a layer too large": (hidden_layers(2**20), "1 to 8192 units"),
    "too many units": (hidden_layers(8000, 8000), "at most 8192 units"),
    "units that are none": (changed(units=True), "units must be a whole number"),
    "a dropout that is none": (sequential(layer("Dropout", rate=float("nan")), OUTPUT_LAYER), "rate must be a number"),
    "an unknown activation": (changed(activation="hard_sigmoid"), "'hard_sigmoid' is none of relu"),
    "small integers": (changed(dtype={"class_name": "QuantizedDTypePolicy", "config": {"name": "int8"}}), "'int8'"),
    "rows apart": (sequential(OUTPUT_LAYER, inputs=(28, 28)), "Flatten"),
    "a shape that does not work out": (
        sequential(layer("Reshape", target_shape=[5, -1]), OUTPUT_LAYER, inputs=(28, 28)),
        "does not work out",
    ),
    "channels first": (sequential(layer("Flatten", data_format="channels_first"), OUTPUT_LAYER), "channels first"),
    "answers that are neither": (sequential(dense("dense_1", 10, "tanh")), "ten logits"),
    "two activations": (sequential(dense("dense_1", 10, "tanh"), layer("Activation", activation="relu")), "activation"),
    "a list": ([1, 2], "no JSON object"),
    "nonsense": ("{", "description of its network is damaged"),
    "a deep description": ("[" * 100_000, "description of its network is damaged"),
    "a long description": (" " * 2**21, "longer"),
}


@pytest.mark.parametrize("name", REFUSED_NETWORKS)
@pytest.mark.parametrize("write", [hdf5, zipped])
def test_an_unsupported_network_raises_an_error_with_the_reason(write, name):
    network, message = REFUSED_NETWORKS[name]
    weights = random_weights(784, 10)
    with pytest.raises(LabError, match=message):
        read(write(network if isinstance(network, str) else json.dumps(network), weights))


REFUSED_MEMBERS = {
    "a path that leads out": ((member("../../evil.txt"), b""), "leads out"),
    "a path of Windows": ((member("assets\\..\\..\\evil.txt"), b""), "leads out"),
    "a path from the root": ((member("/etc/passwd"), b""), "leads out"),
    "a link": ((member("assets/link", stat.S_IFLNK | 0o777), b"/etc/passwd"), "link"),
    "a pickle": ((member("data.pkl"), b""), "pickle"),
    "a bomb": ((member("assets/zeros"), bytes(MAX_BYTES)), "unpacks to more than 64 MB"),
    "the same name twice": ((member("config.json"), b"{}"), "same name"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", REFUSED_MEMBERS)
def test_a_malicious_zip_member_raises_model_error(name):
    other, message = REFUSED_MEMBERS[name]
    other[0].compress_type = zipfile.ZIP_DEFLATED
    with pytest.raises(ModelError, match=message):
        read(zipped(others=[other]))


def test_a_zip_with_a_wrong_unpacked_size_raises_model_error():
    content = zipped()
    size = len(weights_of_zip(SMALL_WEIGHTS)).to_bytes(4, "little")
    with pytest.raises(ModelError, match="damaged"):
        read(content.replace(size, (1000).to_bytes(4, "little")))


def hdf5_with_link(link: object) -> bytes:
    """An HDF5 file with ``link`` in place of the kernel of a layer."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write_hdf5(file, SMALL, SMALL_WEIGHTS)
        del file["model_weights/dense_1/dense_1/kernel:0"]
        file["model_weights/dense_1/dense_1/kernel:0"] = link
    return buffer.getvalue()


@pytest.mark.parametrize(
    "link", [h5py.ExternalLink("/etc/passwd", "/x"), h5py.SoftLink("/model_weights/dense_2/dense_2/kernel:0")]
)
def test_a_link_in_an_hdf5_file_raises_model_error(link):
    with pytest.raises(ModelError, match="link to another place or file"):
        read(hdf5_with_link(link))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"external": [("/etc/passwd", 0, h5py.h5f.UNLIMITED)]}, "another file"),
        ({"chunks": (784, 8), "compression": "gzip"}, "packed"),
    ],
)
def test_hdf5_weights_with_unsupported_storage_raise_model_error(options, message):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write_hdf5(file, SMALL, SMALL_WEIGHTS)
        group = file["model_weights/dense_1/dense_1"]
        del group["kernel:0"]
        group.create_dataset("kernel:0", (784, 8), "f4", **options)
    with pytest.raises(ModelError, match=message):
        read(buffer.getvalue())


@pytest.mark.parametrize(
    ("kernel", "message"),
    [
        (np.zeros((784, 9), "f4"), r"shape \(784, 8\)"),
        (np.zeros((784, 8), "i4"), "floating-point"),
        (np.full((784, 8), np.nan, "f4"), "not finite"),
    ],
)
@pytest.mark.parametrize("write", [hdf5, zipped])
def test_weights_with_a_wrong_shape_type_or_value_raise_model_error(write, kernel, message):
    with pytest.raises(ModelError, match=message):
        read(write(SMALL, SMALL_WEIGHTS | {"dense_1": {**SMALL_WEIGHTS["dense_1"], "kernel": kernel}}))


@pytest.mark.parametrize("write", [hdf5, zipped])
def test_missing_weights_raise_model_error(write):
    with pytest.raises(ModelError, match="no weights at"):
        read(write(SMALL, {"dense_1": SMALL_WEIGHTS["dense_1"]}))


@pytest.mark.parametrize("write", [hdf5, zipped, lambda: weights_of_zip(SMALL_WEIGHTS)])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_raises_model_error(write, share):
    whole = write()
    with pytest.raises(ModelError):
        read(whole[: int(len(whole) * share)])


def test_a_file_of_weights_alone_raises_model_error_with_advice():
    with pytest.raises(ModelError, match=r"weights alone.*model\.save"):
        read(weights_of_zip(SMALL_WEIGHTS))


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "neither"),
        (b"I am a model, believe me", "neither"),
        (b"PK\x03\x04 nonsense", "damaged"),
        (pickle.dumps({"model": 1}), "pickle"),
    ],
)
def test_a_file_that_is_no_model_raises_model_error(content, message):
    with pytest.raises(ModelError, match=message):
        read_safely(content)


def test_a_file_that_is_too_large_raises_model_error_before_it_is_read(tmp_path):
    with (tmp_path / "large.keras").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ModelError, match="larger than 64 MB"):
        read_content(tmp_path / "large.keras")
    with pytest.raises(ModelError, match="larger than 64 MB"):
        read_safely(bytes(MAX_BYTES + 1))


@pytest.mark.usefixtures("processes")
def test_damaged_files_raise_model_error_even_if_they_crash_the_reader(tmp_path, monkeypatch):
    command = [sys.executable, "-m", "tests.untrusted.fuzz", "1", "300", str(tmp_path)]
    done = subprocess.run(command, cwd=sandbox.ROOT, capture_output=True, text=True, check=True)
    outcomes = json.loads(done.stdout)
    assert "other" not in outcomes, done.stderr
    assert outcomes["refused"] > 100
    monkeypatch.setattr(sandbox, "TIMEOUT_SECONDS", 2)
    for path in sorted(tmp_path.iterdir())[:2]:
        with pytest.raises(ModelError, match="damaged"):
            read_safely(path.read_bytes())


@pytest.mark.usefixtures("processes")
def test_a_reader_process_that_dies_raises_model_error(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "executable", "/bin/false")
    with pytest.raises(ModelError, match="damaged"):
        read_safely(hdf5())
