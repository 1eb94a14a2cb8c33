"""Tests of building, saving and loading the network."""

import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.config import ModelConfig
from mnist_core.errors import ModelError
from mnist_core.network import model as network

SMALL = ModelConfig(hidden_units=(16, 8))


def test_the_default_config_builds_the_book_network():
    model = network.build(ModelConfig(), seed=0)
    assert model.count_params() == ModelConfig().parameters == 669_706
    assert model.input_shape == (None, 28, 28)
    assert [layer.name for layer in model.layers][:4] == ["scaling", "flatten", "hidden_1", "dropout_1"]


@pytest.mark.parametrize("units", [(8,), (64, 32, 16, 8)])
def test_the_parameter_count_equals_that_of_keras(units):
    config = ModelConfig(hidden_units=units)
    assert network.build(config, seed=0).count_params() == config.parameters


def test_probabilities_of_each_digit_sum_to_1(digits):
    probabilities = network.probabilities(network.build(SMALL, seed=0), digits.test.images[:2500])
    assert probabilities.shape == (2500, 10)
    assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_probabilities_of_no_digits_are_empty():
    model = network.build(SMALL, seed=0)
    assert network.probabilities(model, np.empty((0, 28, 28), np.uint8)).shape == (0, 10)


def test_equal_seeds_give_equal_initial_weights():
    first, again, other = (network.build(SMALL, seed=seed).get_weights()[0] for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_scaling_divides_by_255(digits):
    scaled = network.build(SMALL, seed=0)
    raw = network.build(ModelConfig(hidden_units=(16, 8), scaling=False), seed=0)
    assert_allclose(scaled.layers[0](digits.test.images[:1]), digits.test.images[:1] / 255, rtol=1e-6)
    assert_array_equal(raw.layers[0](digits.test.images[:1]), digits.test.images[:1])


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_saved_and_loaded_model_gives_the_same_probabilities(tmp_path, digits, suffix):
    model = network.build(SMALL, seed=0)
    model.save(tmp_path / f"model{suffix}")
    loaded = network.load(tmp_path / f"model{suffix}")
    sample = digits.test.images[:100]
    assert_array_equal(network.probabilities(loaded, sample), network.probabilities(model, sample))


def test_bytes_of_to_hdf5_are_loaded_as_a_model(tmp_path, digits):
    model = network.build(SMALL, seed=0)
    (tmp_path / "model.h5").write_bytes(network.to_hdf5(model))
    loaded = network.load(tmp_path / "model.h5")
    sample = digits.test.images[:10]
    assert_array_equal(network.probabilities(loaded, sample), network.probabilities(model, sample))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("content", [None, b"", b"hello", b"PK\x03\x04 nonsense", b"\x89HDF\r\n\x1a\n"])
def test_a_file_that_is_no_model_raises_model_error(tmp_path, suffix, content):
    path = tmp_path / f"model{suffix}"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=path.name):
        network.load(path)


def test_a_model_with_another_input_shape_raises_model_error(tmp_path):
    import keras

    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    other.save(tmp_path / "other.keras")
    with pytest.raises(ModelError, match="28, 28"):
        network.load(tmp_path / "other.keras")


@pytest.mark.usefixtures("processes")
def test_importing_keras_does_not_import_its_optional_libraries():
    check = (
        "import sys; import mnist_core.network.model; print({'matplotlib', 'pandas', 'sklearn'} & sys.modules.keys()); "
        "import sklearn.decomposition, matplotlib.figure, pandas"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
