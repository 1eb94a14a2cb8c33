"""Tests of reading networks from files of Keras 2 and 3."""

import json

import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.config import MIXED
from mnist_core.untrusted.mlp import read
from mnist_core.untrusted.sandbox import read_safely
from tests.untrusted.files import SMALL_WEIGHTS, dense, hdf5, layer, sequential, zipped


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("write", [hdf5, zipped])
def test_read_safely_returns_the_network_that_its_process_reads(write):
    mlp = read_safely(write())
    assert [layer.activation for layer in mlp.layers] == ["relu", "softmax"]
    assert mlp.layers[0].dropout == 0.2
    assert (mlp.factor, mlp.shift) == (1, 0)
    for layer_, weights in zip(mlp.layers, SMALL_WEIGHTS.values(), strict=True):
        assert_array_equal(layer_.kernel, weights["kernel"])
        assert_array_equal(layer_.bias, weights["bias"])


@pytest.mark.parametrize("early", [True, False])
def test_activation_layers_are_merged_into_the_layer_before_them(early):
    network = sequential(
        dense("dense_1", 8),
        layer("Activation", activation="relu"),
        layer("Dropout", rate=0.5),
        dense("dense_2", 10),
        layer("Activation", activation="softmax"),
        early=early,
    )
    mlp = read(hdf5(network))
    assert [layer.activation for layer in mlp.layers] == ["relu", "softmax"]
    assert mlp.config.hidden_units == (8,)
    assert mlp.origin == "an HDF5 file of Keras 2.1.3"


def test_a_functional_network_without_branches_is_read():
    def node(config: dict, *inputs: str) -> dict:
        inbound = [[[name, 0, 0, {}] for name in inputs]] if inputs else []
        return {**config, "name": config["config"]["name"], "inbound_nodes": inbound}

    layers = [
        node(layer("InputLayer", "input", batch_input_shape=[None, 28, 28, 1])),
        node(layer("Flatten"), "input"),
        node(dense("dense_1", 8, "relu"), "flatten"),
        node(dense("dense_2", 10, "softmax"), "dense_1"),
    ]
    network = {"layers": layers, "input_layers": [["input", 0, 0]], "output_layers": [["dense_2", 0, 0]]}
    for kind in ("Model", "Functional"):
        assert len(read(hdf5({"class_name": kind, "config": network})).layers) == 2


def test_a_first_rescaling_layer_gives_factor_and_shift():
    network = sequential(
        layer("Rescaling", scale=1 / 127.5, offset=-1),
        layer("Flatten"),
        dense("dense_1", 8, "tanh"),
        dense("dense_2", 10),
        inputs=(1, 28, 28),
    )
    mlp = read(hdf5(network))
    assert_allclose((mlp.factor, mlp.shift), (1 / 127.5, -1))
    assert_array_equal(mlp.layers[0].kernel, SMALL_WEIGHTS["dense_1"]["kernel"])


def test_layers_with_different_activations_give_a_mixed_config():
    network = sequential(dense("dense_1", 8, "relu"), dense("dense_2", 10, "tanh"), dense("dense_3", 10), inputs=[784])
    weights = SMALL_WEIGHTS | {"dense_3": {"kernel": SMALL_WEIGHTS["dense_2"]["kernel"][:1].repeat(10, 0)}}
    weights["dense_3"]["bias"] = SMALL_WEIGHTS["dense_2"]["bias"]
    config = read(hdf5(json.dumps(network), weights)).config
    assert (config.hidden_units, config.activation, config.imported) == ((8, 10), MIXED, True)
