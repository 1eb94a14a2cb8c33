"""Tests that imported models keep their probabilities and that their pixel format is detected."""

import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from mnist_core.errors import ModelError
from mnist_core.network import importing
from mnist_core.network import model as network
from mnist_core.network.feature_extractor import FeatureExtractor
from mnist_core.runs.run import SHIPPED
from mnist_core.untrusted.import_report import TRIAL_DIGITS
from tests.untrusted.files import Weights, dense, hdf5, layer, sequential

SAMPLE = slice(300, 400)


@pytest.fixture(scope="module")
def shipped() -> keras.Model:
    return network.load(SHIPPED / "book" / "model.keras")


@pytest.fixture(scope="module")
def book(shipped) -> Weights:
    """The weights of the book's network, which expects pixels from 0 to 1."""
    with_weights = [layer for layer in shipped.layers if layer.weights]
    return {
        f"dense_{number}": dict(zip(("kernel", "bias"), layer.get_weights(), strict=True))
        for number, layer in enumerate(with_weights, start=1)
    }


@pytest.fixture(scope="module")
def book_probabilities(shipped, digits) -> np.ndarray:
    return network.probabilities(shipped, digits.test.images[SAMPLE])


def book_file(weights: Weights, *, last: str = "softmax", early: bool = True) -> bytes:
    """The content of keras_mnist.h5, as the walk-through saved it."""
    hidden = [
        part
        for number in (1, 2)
        for part in (
            dense(f"dense_{number}", 512),
            layer("Activation", f"activation_{number}", activation="relu"),
            layer("Dropout", f"dropout_{number}", rate=0.2),
        )
    ]
    answer = [dense("dense_3", 10), layer("Activation", "activation_3", activation=last)]
    return hdf5(sequential(*hidden, *answer, early=early), weights)


def with_converted_inputs(weights: Weights, factor: float, shift: float) -> Weights:
    """Weights of an equivalent network for inputs x, where the first network gets ``factor`` * x + ``shift``."""
    first = weights["dense_1"]
    kernel, bias = first["kernel"] * np.float32(factor), first["bias"] + np.float32(shift) * first["kernel"].sum(axis=0)
    return weights | {"dense_1": {"kernel": kernel, "bias": bias}}


def test_the_imported_book_network_gives_its_probabilities(book, book_probabilities, digits):
    imported = importing.load(book_file(book), digits.train)
    assert_allclose(network.probabilities(imported.model, digits.test.images[SAMPLE]), book_probabilities, atol=1e-5)
    assert (imported.config.hidden_units, imported.config.activation, imported.config.dropout) == (
        (512, 512),
        "relu",
        pytest.approx(0.2),
    )
    assert imported.findings.right > 0.98 * TRIAL_DIGITS
    report = " ".join(imported.findings.sentences)
    assert "Keras 2.1.3" in report
    assert "from 0 to 1" in report
    assert "with probabilities" in report


@pytest.mark.parametrize(
    ("inputs", "finding"),  # factor and shift that turn this model's inputs into those of the book
    [
        ((1 / 255, 0), "from 0 to 255, as they are"),
        ((-1 / 255, 1), "from 255 for paper to 0 for ink"),
        ((-1, 1), "from 1 for paper to 0 for ink"),
        ((0.5, 0.5), "from -1 to 1"),
        ((0.3081, 0.1307), "mean 0"),
    ],
)
def test_the_pixel_format_that_a_model_expects_is_detected(book, book_probabilities, digits, inputs, finding):
    imported = importing.load(book_file(with_converted_inputs(book, *inputs)), digits.train)
    assert finding in imported.findings.pixels
    assert_allclose(network.probabilities(imported.model, digits.test.images[SAMPLE]), book_probabilities, atol=1e-5)


@pytest.mark.parametrize(("last", "finding"), [("linear", "logits"), ("softmax", "probabilities")])
def test_imported_logits_become_probabilities(book, book_probabilities, digits, last, finding):
    imported = importing.load(book_file(book, last=last, early=False), digits.train)
    assert imported.findings.answers.startswith(finding)
    assert_allclose(network.probabilities(imported.model, digits.test.images[SAMPLE]), book_probabilities, atol=1e-5)


def test_sigmoid_outputs_become_probabilities_with_the_same_argmax(book, book_probabilities, digits):
    imported = importing.load(book_file(book, last="sigmoid"), digits.train)
    probabilities = network.probabilities(imported.model, digits.test.images[SAMPLE])
    assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert (probabilities.argmax(axis=1) == book_probabilities.argmax(axis=1)).all()


def trained(data, model: keras.Model, digits) -> keras.Model:
    """``model`` after a few hundred steps on 8,000 training digits, converted by ``data``."""
    keras.utils.set_random_seed(1)
    logits = model.layers[-1].get_config().get("activation") == "linear"
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=logits))
    model.fit(data(digits.train.images[:8000]), digits.train.labels[:8000], batch_size=64, epochs=3, verbose=0)
    return model


def normalized() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(32, use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.BatchNormalization(scale=False),
            layers.Dropout(0.1),
            layers.Dense(16, activation="tanh"),
            layers.Dense(10),
        ]
    )


def rescaling() -> keras.Model:
    inputs = keras.Input((28, 28), dtype="uint8")
    hidden = layers.Dense(32, activation="gelu")(layers.Reshape((784,))(layers.Rescaling(1 / 127.5, -1)(inputs)))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(hidden))


@pytest.mark.parametrize(
    ("make", "data", "finding"),
    [
        (normalized, lambda images: images[..., None] / 255, "from 0 to 1"),
        (normalized, lambda images: 1 - images[..., None] / 255, "from 1 for paper to 0 for ink"),
        (rescaling, lambda images: images, "from 0 to 255"),
    ],
)
def test_a_model_saved_by_this_keras_gives_the_same_probabilities(tmp_path, digits, make, data, finding):
    original = trained(data, make(), digits)
    sample = digits.test.images[SAMPLE]
    expected = keras.ops.convert_to_numpy(original(data(sample), training=False))
    if make is normalized:
        expected = keras.ops.convert_to_numpy(keras.ops.softmax(expected))
    for path in (tmp_path / "model.keras", tmp_path / "model.h5"):
        original.save(path)
        imported = importing.load(path.read_bytes(), digits.train)
        assert_allclose(network.probabilities(imported.model, sample), expected, atol=1e-5)
        assert finding in imported.findings.pixels
        assert imported.findings.normalized == (make is normalized)
        assert "Keras 3" in imported.findings.origin
    hidden, _ = FeatureExtractor(imported.model)(sample)
    assert [outputs.shape[1] for outputs in hidden] == list(imported.config.hidden_units)


def test_an_untrained_network_is_imported_with_a_warning(digits):
    rng = np.random.default_rng(0)
    weights = {"dense_1": {"kernel": rng.normal(size=(784, 10)).astype("f4"), "bias": np.zeros(10, "f4")}}
    imported = importing.load(hdf5(sequential(dense("dense_1", 10, "softmax")), weights), digits.train)
    assert imported.findings.right < TRIAL_DIGITS / 2
    assert "Perhaps it was trained on something else" in imported.findings.sentences[-1]
    with pytest.raises(ModelError, match="no hidden layer"):
        FeatureExtractor(imported.model)


def test_an_unusable_file_raises_model_error_with_its_name(tmp_path, digits):
    (tmp_path / "odd.keras").write_text("no model")
    with pytest.raises(ModelError, match=r"odd\.keras.*neither"):
        importing.load_file(tmp_path / "odd.keras", digits.train)
    with pytest.raises(ModelError, match=r"no model file.*nowhere\.h5"):
        importing.load_file(tmp_path / "nowhere.h5", digits.train)
